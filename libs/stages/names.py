"""What the codes of cases are called, in both languages, for all who show them."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel

from libs.casework.case import Case
from libs.casework.categories import Catalogue, parse_catalogue
from libs.casework.deadlines.vocabulary import Account
from libs.casework.events import EVENTS
from libs.casework.offices import Offices, parse_offices
from libs.casework.places import Places, parse_places
from libs.casework.units import Units, parse_units
from libs.casework.vocabulary import Stage
from libs.plumbing.data import read_geojson, read_yaml


class Name(BaseModel):
    """A name in Chinese and in English."""

    zh: str
    en: str


class Names(BaseModel):
    """The names of every code that a case mentions; a code that the data no longer has is left out."""

    stage: Name
    office: Name | None
    category: Name | None
    units: dict[str, Name]
    places: dict[str, Name]


class Book(NamedTuple):
    """The reviewed data that gives names."""

    catalogue: Catalogue
    units: Units
    places: Places
    offices: Offices


def stage_name(stage: Stage) -> Name:
    """`已派遣`, `dispatched`."""
    return Name(zh=stage.zh, en=stage.value)


def event_name(event: str) -> Name:
    """`签收`, `accepted` of `accepted.v1`."""
    kind = EVENTS[event]
    return Name(zh=kind.ZH, en=kind.TYPE.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Directory:
    """Looks names up."""

    book: Book

    def of(self, case: Case) -> Names:
        """The names that a case needs."""
        places = (case.grid, case.community, case.compound)
        return Names(
            stage=stage_name(case.stage),
            office=_named(self.book.offices.get(case.office)),
            category=self.category(case.category),
            units=_all({code: self.unit(code) for code in _units_of(case)}),
            places=_all({code: self.place(code) for code in places if code}),
        )

    def unit(self, code: str | None) -> Name | None:
        """What the unit is called."""
        return _named(self.book.units.get(code)) if code else None

    def account(self, code: str | None) -> Name | None:
        """On whose account a clock runs: a unit, the office, the checker."""
        found = next((one for one in Account if one == code), None)
        return _named(found) if found else self.unit(code)

    def category(self, code: str | None) -> Name | None:
        """What the subclass is called."""
        return _named(self.book.catalogue.get(code)) if code else None

    def place(self, code: str | None) -> Name | None:
        """What the grid, community or compound is called."""
        return _named(self.book.places.get(code)) if code else None


def directory() -> Directory:
    """Names from the reviewed data as it lies in the data folder."""
    return Directory(
        Book(
            parse_catalogue(read_yaml("categories.yaml")),
            parse_units(read_yaml("units.yaml")),
            parse_places(read_geojson("grids.geojson")),
            parse_offices(read_yaml("offices.yaml")),
        )
    )


def _units_of(case: Case) -> tuple[str, ...]:
    held = case.assignment
    holding = (held.lead, *held.helpers, *held.copies) if held else ()
    return (*holding, *(state.item.unit for state in case.items))


def _named(row: object) -> Name | None:
    zh, en = getattr(row, "zh", None), getattr(row, "en", None)
    return Name(zh=zh, en=en) if zh and en else None


def _all(names: dict[str, Name | None]) -> dict[str, Name]:
    return {code: name for code, name in names.items() if name}
