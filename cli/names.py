"""Codes that the operator types, held against the reviewed data: a wrong one is a usage error that names the right ones."""

from collections.abc import Iterable

from cli.console import UsageError
from cli.operator import offices
from libs.casework.places import Level, parse_places
from libs.casework.units import parse_units
from libs.plumbing.data import read_geojson, read_yaml


def known_office(code: str) -> str:
    """The code itself, when the office is served here."""
    return _among("office", code, [office.code for office in offices().offices])


def known_unit(code: str | None) -> str | None:
    """The code itself, when there is such a unit; None stays None."""
    if code is None:
        return None
    return _among("unit", code, [unit.id for unit in parse_units(read_yaml("units.yaml")).units])


def known_places(codes: Iterable[str], level: Level) -> tuple[str, ...]:
    """The codes themselves, when each is a place of that level."""
    given = tuple(codes)
    places = parse_places(read_geojson("grids.geojson")) if given else None
    for code in given:
        place = places.get(code) if places else None
        if place is None or place.level is not level:
            raise UsageError(f"there is no {level} {code}; see data/grids.geojson")
    return given


def _among(kind: str, code: str, allowed: list[str]) -> str:
    if code not in allowed:
        raise UsageError(f"there is no {kind} {code!r}; known: {', '.join(allowed)}")
    return code
