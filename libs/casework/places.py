"""Streets, communities, grids and compounds as plain data. Shapes are coordinates; whose polygon holds a point is triage's."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

Position = tuple[float, float]
"""Longitude, latitude, WGS 84 (RFC 7946)."""


class Level(StrEnum):
    """街道, 社区, 网格, 小区: each lies in one of the level before it."""

    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    COMPOUND = "compound"


_DEPTH = {level: depth for depth, level in enumerate(Level)}


class Place(BaseModel):
    """One named place. `rings` outline it (first the outer one); a compound has a `point` instead.

    `property_company` is known of compounds only: without one, the community leads (`libs.casework.units`). `buildings` are
    a compound's, as they are written on the spot; none: nobody has listed them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    level: Level
    code: str
    parent: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    property_company: bool | None = None
    buildings: tuple[str, ...] = ()
    rings: tuple[tuple[Position, ...], ...] = ()
    point: Position | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that people may write for it."""
        return (self.zh, self.en, *self.aliases)


class Whereabouts(NamedTuple):
    """Codes of where something is, as far as it is known; `compound` is the place itself."""

    street: str | None = None
    community: str | None = None
    grid: str | None = None
    compound: Place | None = None


class Places(BaseModel):
    """All places of one version; `version` (a date) is recorded with every decision that used it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    places: tuple[Place, ...]

    def get(self, code: str) -> Place | None:
        """The place with that code, or None."""
        return self._by_code.get(code)

    def at(self, level: Level) -> tuple[Place, ...]:
        """All places of one level, in the order of the data."""
        return tuple(place for place in self.places if place.level is level)

    def path(self, place: Place) -> tuple[Place, ...]:
        """The place and everything it lies in, from the street down."""
        above = self._by_code.get(place.parent)
        return (*self.path(above), place) if above else (place,)

    def whereabouts(self, place: Place) -> Whereabouts:
        """Street, community, grid and compound as far as `place` settles them."""
        by_level = {one.level: one for one in self.path(place)}
        codes = {level: one.code for level, one in by_level.items()}
        return Whereabouts(
            codes.get(Level.STREET),
            codes.get(Level.COMMUNITY),
            codes.get(Level.GRID),
            by_level.get(Level.COMPOUND),
        )

    def named_in(self, text: str) -> tuple[Whereabouts, ...]:
        """Where the words of `text` say it is: one answer, none, or several that contradict each other.

        A compound settles its grid and community; 迎宾街道和泰社区 names two levels of one place and is one answer.
        """
        found = self._mentioned(text.casefold())
        above = {one.code for place in found for one in self.path(place)[:-1]}
        return tuple(self.whereabouts(place) for place in found if place.code not in above)

    def _mentioned(self, text: str) -> list[Place]:
        found: dict[str, Place] = {}
        for name, place in self._by_name:
            if name in text:
                found.setdefault(place.code, place)
                text = text.replace(name, "\n")
        return sorted(found.values(), key=lambda place: (-_DEPTH[place.level], place.code))

    @cached_property
    def _by_code(self) -> dict[str, Place]:
        return {place.code: place for place in self.places}

    @cached_property
    def _by_name(self) -> list[tuple[str, Place]]:
        """Longest first, so that a name inside a longer one does not count by itself."""
        pairs = [(name.casefold(), place) for place in self.places for name in place.names]
        return sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0]))


def parse_places(collection: Mapping[str, Any]) -> Places:
    """The places of a GeoJSON FeatureCollection (polygons; points for compounds). Raises `ValidationError` or KeyError."""
    return Places(version=collection["version"], places=tuple(_features(collection["features"])))


def _features(features: Iterable[Mapping[str, Any]]) -> Iterable[Place]:
    for feature in features:
        geometry = feature["geometry"]
        shape = "point" if geometry["type"] == "Point" else "rings"
        yield Place.model_validate({**feature["properties"], shape: geometry["coordinates"]})
