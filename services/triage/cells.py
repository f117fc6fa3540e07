"""Squares of ground to look for neighbours in, and the way between two points. Pure; degrees WGS 84, metres."""

from collections.abc import Iterator
from math import asin, cos, floor, radians, sin, sqrt
from typing import NamedTuple

from libs.casework.places import Position

CELL_M = 200
"""The side of a square; nothing is looked for further away."""
_METRES_A_DEGREE = 111_195
_EARTH_M = 6_371_000


class Cell(NamedTuple):
    """A square: its row from the equator, its place in the row."""

    row: int
    column: int


def cell_of(position: Position) -> Cell:
    """The square that holds the point."""
    row = floor(position[1] * _METRES_A_DEGREE / CELL_M)
    return Cell(row, floor(_east(position[0], row)))


def cells_around(position: Position, radius_m: int) -> Iterator[Cell]:
    """Every square that a circle of that radius (at most `CELL_M`) may touch: one to nine."""
    reach = radius_m / CELL_M
    north = position[1] * _METRES_A_DEGREE / CELL_M
    for row in range(floor(north - reach), floor(north + reach) + 1):
        # A row is a little narrower to the south of its middle than to the north: a metre more is looked at.
        east, wide = _east(position[0], row), reach + 1 / CELL_M
        for column in range(floor(east - wide), floor(east + wide) + 1):
            yield Cell(row, column)


def metres_between(one: Position, other: Position) -> float:
    """As the crow flies (haversine)."""
    north, east = radians(other[1] - one[1]), radians(other[0] - one[0])
    half = sin(north / 2) ** 2 + cos(radians(one[1])) * cos(radians(other[1])) * sin(east / 2) ** 2
    return 2 * _EARTH_M * asin(sqrt(min(half, 1.0)))


def _east(longitude: float, row: int) -> float:
    """How many squares east of Greenwich, as wide as squares of that row are."""
    latitude = (row + 0.5) * CELL_M / _METRES_A_DEGREE
    return longitude * _METRES_A_DEGREE * max(cos(radians(latitude)), 0.01) / CELL_M
