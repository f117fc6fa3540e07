"""Squares of ground: whatever lies within the radius is in one of the squares that are looked at."""

from math import cos, degrees, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.places import Position
from services.triage.cells import CELL_M, cell_of, cells_around, metres_between

DATONG = (113.297086, 40.082726)
# Beyond 70 degrees no street office of ours lies.
places = st.tuples(st.floats(-179, 179), st.floats(-70, 70))


def moved(position: Position, metres: float, towards: float) -> Position:
    north = metres * cos(towards) / 6_371_000
    east = metres * sin(towards) / 6_371_000 / cos(radians(position[1]))
    return position[0] + degrees(east), position[1] + degrees(north)


@given(
    position=places, radius=st.integers(1, CELL_M), share=st.floats(0, 0.999), towards=st.floats(0, 2 * pi)
)
def test_what_is_within_the_radius_lies_in_a_square_around(
    position: Position, radius: int, share: float, towards: float
) -> None:
    there = moved(position, radius * share, towards)
    assert cell_of(there) in set(cells_around(position, radius))


@given(position=places, radius=st.integers(1, CELL_M))
def test_few_squares_are_looked_at_and_ones_own_is_among_them(position: Position, radius: int) -> None:
    around = list(cells_around(position, radius))
    assert cell_of(position) in around
    assert len(around) == len(set(around)) <= 12


@given(position=places, metres=st.floats(0, 5_000), towards=st.floats(0, 2 * pi))
def test_the_way_is_as_long_as_it_was_made(position: Position, metres: float, towards: float) -> None:
    assert metres_between(position, moved(position, metres, towards)) == pytest.approx(
        metres, rel=0.02, abs=0.1
    )


@given(one=places, other=places)
def test_the_way_back_is_as_long(one: Position, other: Position) -> None:
    assert metres_between(one, other) == metres_between(other, one)


def test_a_known_way() -> None:
    assert metres_between(DATONG, (113.298258, 40.082726)) == pytest.approx(99.7, abs=0.5)
