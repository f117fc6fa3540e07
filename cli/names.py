"""Codes that the operator types, held against the reviewed data: a wrong one is a usage error that names the right ones."""

from collections.abc import Iterable

from cli.console import UsageError
from cli.limits import in_data
from cli.operator import offices
from libs.casework.categories import parse_catalogue
from libs.casework.deadlines.vocabulary import Account
from libs.casework.places import Level, parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.units import parse_units
from libs.plumbing.data import read_geojson, read_yaml
from libs.stages.names import directory


def known_office(code: str) -> str:
    """The code itself, when the office is served here."""
    return _among("office", code, [office.code for office in offices().offices])


def known_unit(code: str | None) -> str | None:
    """The code itself, when there is such a unit; None stays None."""
    return code and _among("unit", code, _units())


def known_account(code: str | None) -> str | None:
    """The code itself, when a clock may run on its account: a unit, or the office or the checker; None stays None."""
    return code and _among("unit", code, [*(one.value for one in Account), *_units()])


def _units() -> list[str]:
    return [unit.id for unit in parse_units(read_yaml("units.yaml")).units]


def known_level(code: str | None) -> str | None:
    """The code itself, when a policy has such a level; None stays None."""
    policies = in_data().policies if code else ()
    known = dict.fromkeys(level.id for policy in policies for level in policy.levels)
    return code and _among("level", code, list(known))


def known_category(code: str | None) -> str | None:
    """The code itself, when there is such a subclass; None stays None."""
    catalogue = parse_catalogue(read_yaml("categories.yaml")) if code else None
    if catalogue and code and catalogue.get(code) is None:
        raise UsageError(f"there is no category {code!r}; see docs/categories.md")
    return code


def known_reason(step: str, code: str) -> str:
    """The code itself, when the office's list has it for that step (an event's type)."""
    return _among("reason", code, list(parse_reasons(read_yaml("reasons.yaml")).codes(step)))


def known_grid(code: str | None) -> str | None:
    """The code itself, when there is such a grid; None stays None."""
    place = parse_places(read_geojson("grids.geojson")).get(code) if code else None
    if code and (place is None or place.level is not Level.GRID):
        raise UsageError(f"there is no grid {code}; see data/grids.geojson")
    return code


def known_places(codes: Iterable[str], level: Level, office: str) -> tuple[str, ...]:
    """The codes themselves, when each is a place of that level in the office's street."""
    given = tuple(codes)
    places = parse_places(read_geojson("grids.geojson")) if given else None
    for code in given:
        place = places.get(code) if places else None
        if places is None or place is None or place.level is not level:
            raise UsageError(f"there is no {level} {code}; see data/grids.geojson")
        _lies_in(office, code, places.whereabouts(place).street)
    return given


def _lies_in(office: str, code: str, street: str | None) -> None:
    other = offices().of_street(street or "")
    if other is None or other.code != office:
        raise UsageError(
            f"{code} lies in the street of {other.code if other else 'no office'}, not of {office}"
        )


def _among(kind: str, code: str, allowed: list[str]) -> str:
    if code not in allowed:
        raise UsageError(f"there is no {kind} {code!r}; known: {', '.join(allowed)}")
    return code


class Names:
    """Units and subclasses as people call them: `环卫中心 sanitation`. A code that the data does not know is its own name."""

    def __init__(self) -> None:
        self._directory = directory()

    def unit(self, code: str) -> str:
        """A unit, or one of the accounts that are no unit: the office and the checker."""
        found = self._directory.account(code)
        return f"{found.zh} {code}" if found else code

    def category(self, code: str | None) -> str:
        """A subclass; nothing yet is a dash."""
        found = self._directory.category(code)
        return f"{found.zh} {code}" if found else code or "—"
