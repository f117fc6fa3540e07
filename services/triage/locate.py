"""Where a report is: whose polygon holds its point, else what its sender declared, else the places that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shapely import Polygon, STRtree, points

from libs.casework.places import Level, Place, Places, Position, Whereabouts


class Basis(StrEnum):
    """What the place was taken from, the surest first; or why there is none."""

    POINT = "place_by_point"
    GRID = "place_by_declared_grid"
    ADDRESS = "place_by_address"
    TEXT = "place_by_words"
    OUT_OF_AREA = "out_of_area"
    CONTRADICTORY = "several_places_named"
    UNKNOWN = "place_unknown"


@dataclass(frozen=True, slots=True)
class Spot:
    """What a report says of its place; nothing here is checked yet."""

    point: Position | None = None
    grid: str | None = None
    address: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """Where it is as far as it is known, and how we know."""

    where: Whereabouts
    basis: Basis


NOWHERE = Whereabouts()


class Locator:
    """Finds the grid of points in one tree, of words by the names in the data."""

    def __init__(self, places: Places) -> None:
        self._places = places
        # By code, so that a point on the edge of two grids always falls to the same one.
        self._grids = sorted(places.at(Level.GRID), key=lambda place: place.code)
        self._tree = STRtree([_polygon(place) for place in self._grids])

    def locate(self, spots: Sequence[Spot]) -> list[Located]:
        """Where each of the spots is."""
        by_point = iter(self.grids_of([spot.point for spot in spots if spot.point]))
        return [self._by_grid(next(by_point), spot) if spot.point else self._by_words(spot) for spot in spots]

    def grids_of(self, positions: Sequence[Position]) -> list[Place | None]:
        """The grid that holds each point (its lowest code on an edge), None outside all of them."""
        found: list[Place | None] = [None] * len(positions)
        if positions:
            pairs = self._tree.query(points(positions), predicate="intersects").T.tolist()
            for position, grid in sorted(pairs, reverse=True):
                found[position] = self._grids[grid]
        return found

    def _by_grid(self, grid: Place | None, spot: Spot) -> Located:
        if grid is None:
            return Located(NOWHERE, Basis.OUT_OF_AREA)
        return Located(self._within(grid, spot), Basis.POINT)

    def _within(self, grid: Place, spot: Spot) -> Whereabouts:
        return self._places.whereabouts(grid)._replace(compound=self._compound_in(grid, spot))

    def _compound_in(self, grid: Place, spot: Spot) -> Place | None:
        """The one compound of that grid which the words name: who owns what inside it decides who leads."""
        for words in (spot.address, spot.text):
            named = self._places.named_in(words) if words else ()
            if named:
                return named[0].compound if len(named) == 1 and named[0].grid == grid.code else None
        return None

    def _by_words(self, spot: Spot) -> Located:
        declared = self._places.get(spot.grid) if spot.grid else None
        if declared:
            return Located(self._within(declared, spot), Basis.GRID)
        for words, basis in ((spot.address, Basis.ADDRESS), (spot.text, Basis.TEXT)):
            named = self._places.named_in(words) if words else ()
            if named:
                return Located(named[0], basis) if len(named) == 1 else Located(NOWHERE, Basis.CONTRADICTORY)
        return Located(NOWHERE, Basis.UNKNOWN)


def _polygon(place: Place) -> Polygon:
    return Polygon(place.rings[0], place.rings[1:])
