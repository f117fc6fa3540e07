"""The reviewed data as a whole: do its files agree with each other, and what changes for whom between two versions. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel

from libs.casework.categories import Catalogue
from libs.casework.offices import Offices
from libs.casework.places import Level, Places
from libs.casework.reasons import Reasons
from libs.casework.units import COMMUNITY, PROPERTY_COMPANY, Units

Path = tuple[str | int, ...]
CATEGORIES, UNITS, PLACES = "categories.yaml", "units.yaml", "grids.geojson"
OFFICES, REASONS = "offices.yaml", "reasons.yaml"
_ABOVE = {Level.GRID: Level.COMMUNITY, Level.COMMUNITY: Level.STREET, Level.COMPOUND: Level.GRID}


@dataclass(frozen=True, slots=True)
class Dataset:
    """What belongs together. Each file says its own version, a date."""

    catalogue: Catalogue
    units: Units
    places: Places
    offices: Offices
    reasons: Reasons


class Finding(NamedTuple):
    """Something that does not fit: where (file, way into it) and what. `harmless`: it is told and refuses nothing."""

    file: str
    path: Path
    detail: str
    harmless: bool = False


Rule = Callable[[Dataset], Iterator[Finding]]


def versions_are_dates(data: Dataset) -> Iterator[Finding]:
    """A version is the day from which the file holds."""
    for file, whole in _files(data).items():
        try:
            date.fromisoformat(whole.version)
        except ValueError:
            yield Finding(file, ("version",), f"{whole.version!r} is no date such as 2026-11-24")


def ids_are_there_once(data: Dataset) -> Iterator[Finding]:
    """Of two rows with one id nobody knows which holds."""
    for file, field, ids in _rows(data):
        counted = Counter(ids)
        for at, one in enumerate(ids):
            if counted[one] > 1 and ids.index(one) < at:
                yield Finding(file, (*field, at), f"{one} is there already, as row {ids.index(one) + 1}")


def subclasses_have_their_class(data: Dataset) -> Iterator[Finding]:
    """Every subclass lies in a class of its tree."""
    classes = {one.id: one.kind for one in data.catalogue.classes}
    for at, one in enumerate(data.catalogue.subclasses):
        if classes.get(one.class_id) is not one.kind:
            detail = f"{one.id}: there is no {one.kind} class {one.class_id}"
            yield Finding(CATEGORIES, ("subclasses", at, "class"), detail)


def limits_name_their_source(data: Dataset) -> Iterator[Finding]:
    """Every figure says where it was read."""
    for at, one in enumerate(data.catalogue.subclasses):
        for number, limit in enumerate(one.limits):
            if limit.source not in data.catalogue.sources:
                detail = f"{one.id}: there is no source {limit.source}"
                yield Finding(CATEGORIES, ("subclasses", at, "limits", number), detail)


def who_leads_and_helps_is_a_unit(data: Dataset) -> Iterator[Finding]:
    """The responsibility table names units that there are, each once for a subclass."""
    for at, one in enumerate(data.catalogue.subclasses):
        for unit in (one.lead, *one.helps):
            if data.units.get(unit) is None:
                field = "lead" if unit == one.lead else "helps"
                yield Finding(CATEGORIES, ("subclasses", at, field), f"{one.id}: there is no unit {unit}")
        if one.lead in one.helps:
            yield Finding(CATEGORIES, ("subclasses", at, "helps"), f"{one.id}: {one.lead} leads and helps")


def inside_compounds_are_subclasses(data: Dataset) -> Iterator[Finding]:
    """The owner rule names subclasses that there are, and the units that it gives them to."""
    field = ("rules", "owner_rule", "subclasses_inside_compound")
    for one in sorted(data.units.rules.owner_rule.subclasses_inside_compound):
        if data.catalogue.get(one) is None:
            yield Finding(UNITS, field, f"there is no subclass {one}")
    for unit in (PROPERTY_COMPANY, COMMUNITY):
        if data.units.get(unit) is None:
            yield Finding(UNITS, field, f"the owner rule gives work to {unit}, and there is no such unit")


def units_have_work(data: Dataset) -> Iterator[Finding]:
    """A unit that no subclass names gets work by hand only."""
    named = {unit for one in data.catalogue.subclasses for unit in (one.lead, *one.helps)}
    for at, unit in enumerate(data.units.units):
        if unit.id not in named | {PROPERTY_COMPANY, COMMUNITY}:
            yield Finding(UNITS, ("units", at), f"{unit.id}: no category names this unit", harmless=True)


def places_lie_in_places(data: Dataset) -> Iterator[Finding]:
    """A grid lies in a community, a community in a street, a compound in a grid."""
    for at, place in enumerate(data.places.places):
        above, found = _ABOVE.get(place.level), data.places.get(place.parent)
        if above and (found is None or found.level is not above):
            field = ("features", at, "properties", "parent")
            yield Finding(PLACES, field, f"{place.level} {place.code}: there is no {above} {place.parent}")


def offices_have_their_street(data: Dataset) -> Iterator[Finding]:
    """Every office has a street of its own, and every street an office."""
    streets = {place.code for place in data.places.at(Level.STREET)}
    for at, office in enumerate(data.offices.offices):
        if office.street not in streets:
            yield Finding(
                OFFICES, ("offices", at, "street"), f"{office.code}: there is no street {office.street}"
            )
    for street in sorted(streets - {office.street for office in data.offices.offices}):
        yield Finding(PLACES, (), f"no office has the street {street}", harmless=True)


RULES: tuple[Rule, ...] = (
    versions_are_dates,
    ids_are_there_once,
    subclasses_have_their_class,
    limits_name_their_source,
    who_leads_and_helps_is_a_unit,
    inside_compounds_are_subclasses,
    units_have_work,
    places_lie_in_places,
    offices_have_their_street,
)


def findings(data: Dataset) -> list[Finding]:
    """All that does not fit, rule by rule."""
    return [finding for rule in RULES for finding in rule(data)]


class Changed(NamedTuple):
    """A row that another version has, has not, or has otherwise: `was` and `becomes` by field, None where there is none."""

    file: str
    row: str
    was: Mapping[str, Any] | None
    becomes: Mapping[str, Any] | None


class Shifted(NamedTuple):
    """What changes for a unit: subclasses that it leads or helps with from then on, and those that it does not any more."""

    unit: str
    duty: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


def changes(old: Dataset, new: Dataset) -> list[Changed]:
    """Row by row, in the order of the files; fields that are the same are left out."""
    before, after = _by_id(old), _by_id(new)
    keys = dict.fromkeys((*before, *after))
    return [
        _change(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    ]


def shifts(old: Dataset, new: Dataset) -> list[Shifted]:
    """For whom the responsibility table changes, unit by unit."""
    before, after = _duties(old.catalogue), _duties(new.catalogue)
    keys = sorted({*before, *after})
    found = [(key, before.get(key, set()), after.get(key, set())) for key in keys]
    return [Shifted(*key, tuple(sorted(b - a)), tuple(sorted(a - b))) for key, a, b in found if a != b]


def _duties(catalogue: Catalogue) -> dict[tuple[str, str], set[str]]:
    duties: dict[tuple[str, str], set[str]] = {}
    for one in catalogue.subclasses:
        for unit, duty in ((one.lead, "lead"), *((helper, "help") for helper in one.helps)):
            duties.setdefault((unit, duty), set()).add(one.id)
    return duties


def _change(
    key: tuple[str, str], was: Mapping[str, Any] | None, becomes: Mapping[str, Any] | None
) -> Changed:
    if was is None or becomes is None:
        return Changed(*key, was, becomes)
    fields = [name for name in {**was, **becomes} if was.get(name) != becomes.get(name)]
    return Changed(
        *key, {name: was.get(name) for name in fields}, {name: becomes.get(name) for name in fields}
    )


def _by_id(data: Dataset) -> dict[tuple[str, str], dict[str, Any]]:
    lists: tuple[tuple[str, Iterable[BaseModel], str], ...] = (
        (CATEGORIES, data.catalogue.classes, "id"),
        (CATEGORIES, data.catalogue.subclasses, "id"),
        (UNITS, data.units.units, "id"),
        (PLACES, data.places.places, "code"),
        (OFFICES, data.offices.offices, "code"),
    )
    found = {
        (file, getattr(row, name)): row.model_dump(mode="json") for file, rows, name in lists for row in rows
    }
    reasons = data.reasons.reasons.items()
    given = {
        (REASONS, f"{step}.{row.code}"): row.model_dump(mode="json") for step, rows in reasons for row in rows
    }
    rules = {(UNITS, "rules"): data.units.rules.model_dump(mode="json")}
    return found | given | rules


def _rows(data: Dataset) -> Iterator[tuple[str, Path, Sequence[str]]]:
    yield CATEGORIES, ("classes",), [one.id for one in data.catalogue.classes]
    yield CATEGORIES, ("subclasses",), [one.id for one in data.catalogue.subclasses]
    yield UNITS, ("units",), [one.id for one in data.units.units]
    yield PLACES, ("features",), [one.code for one in data.places.places]
    yield OFFICES, ("offices",), [one.code for one in data.offices.offices]
    for step, reasons in data.reasons.reasons.items():
        yield REASONS, ("reasons", step), [one.code for one in reasons]


def _files(data: Dataset) -> dict[str, Any]:
    return {
        CATEGORIES: data.catalogue,
        UNITS: data.units,
        PLACES: data.places,
        OFFICES: data.offices,
        REASONS: data.reasons,
    }
