"""Addresses that were typed in part by part (街道, 社区, 小区, 楼): found in the reviewed data, or answered with candidates."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from libs.casework.places import Level, Place, Places

MOST_CANDIDATES = 20
_LEVELS = (Level.STREET, Level.COMMUNITY, Level.COMPOUND)
_BUILDING = re.compile(r"(?:no\.?)?0*(.+?)(?:号楼|楼|栋|幢|座|#|号)?")


class TypedAddress(BaseModel):
    """Each part by its name, another name of it, or its code; `unit` is the rest (单元, 室), which no data lists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    street: str | None = None
    community: str | None = None
    compound: str | None = None
    building: str | None = None
    unit: str | None = None


class Found(NamedTuple):
    """The innermost place that the address names, and the address in the words of the data. `grid` where that settles it."""

    place: Place
    words: str
    grid: str | None


class Unclear(NamedTuple):
    """The part that is not clear, why, and what it may have meant: at most twenty."""

    part: str
    detail: str
    candidates: tuple[str, ...]


def resolve(typed: TypedAddress, places: Places) -> Found | Unclear:
    """Where the address is, or which part of it is unknown or means several places."""
    place: Place | None = None
    for level in _LEVELS:
        said = getattr(typed, level.value)
        if said is not None:
            found = _one(level, said, _inside(place, level, places), places)
            if isinstance(found, Unclear):
                return found
            place = found
    if place is None:
        return _unclear(
            "compound", "name a street, a community or a compound", places.at(Level.COMPOUND), places
        )
    building = _building(typed.building, place)
    return building if isinstance(building, Unclear) else _found(place, building, typed.unit, places)


def _inside(place: Place | None, level: Level, places: Places) -> list[Place]:
    return [one for one in places.at(level) if place is None or place in places.path(one)]


def _one(level: Level, said: str, inside: Sequence[Place], places: Places) -> Place | Unclear:
    exact = [place for place in inside if _is(said)(place)]
    if len(exact) == 1:
        return exact[0]
    if exact:
        return _unclear(level, f"several are called {said}: send the code of one", exact, places)
    elsewhere = places.at(level)
    near = (
        [place for place in inside if _resembles(said)(place)]
        or [place for place in elsewhere if _resembles(said)(place)]
        or inside
    )
    return _unclear(level, f"there is no {level} {said} here", near, places)


def _is(said: str) -> Callable[[Place], bool]:
    plain = _plain(said)
    return lambda place: plain == place.code or plain in map(_plain, place.names)


def _resembles(said: str) -> Callable[[Place], bool]:
    plain = _plain(said)
    return lambda place: any(plain in name or name in plain for name in map(_plain, place.names))


def _building(said: str | None, place: Place) -> str | Unclear | None:
    if said is None:
        return None
    if place.level is not Level.COMPOUND:
        return Unclear("building", "a building needs its compound", ())
    if not place.buildings:
        return said
    number = _number(said)
    found = [building for building in place.buildings if _number(building) == number]
    detail = f"there is no building {said} in {place.zh}"
    return found[0] if found else Unclear("building", detail, place.buildings[:MOST_CANDIDATES])


def _number(building: str) -> str:
    match = _BUILDING.fullmatch(_plain(building))
    return match[1] if match else _plain(building)


def _found(place: Place, building: str | None, unit: str | None, places: Places) -> Found:
    named = [one.zh for one in places.path(place) if one.level is not Level.GRID]
    return Found(place, "".join([*named, building or "", unit or ""]), places.whereabouts(place).grid)


def _unclear(part: str, detail: str, candidates: Sequence[Place], places: Places) -> Unclear:
    return Unclear(part, detail, tuple(_shown(place, places) for place in candidates[:MOST_CANDIDATES]))


def _shown(place: Place, places: Places) -> str:
    named = [one.zh for one in places.path(place) if one.level is not Level.GRID]
    return f"{place.code} {' '.join(named)}"


def _plain(said: str) -> str:
    return "".join(unicodedata.normalize("NFKC", said).casefold().split())
