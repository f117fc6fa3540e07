"""Where a report is: points in polygons, names in words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.plumbing.data import read_geojson
from services.triage.locate import Basis, Located, Locator, Spot
from tests.support.reference import places

LOCATOR = Locator(places())
TEST_POINTS = [
    (point["lon"], point["lat"], point["grid"]) for point in read_geojson("grids.geojson")["test_points"]
]
IN_TAOYUAN = (113.306523, 40.082929)


def located(**spot: object) -> Located:
    return LOCATOR.locate([Spot(**spot)])[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(("lon", "lat", "grid"), TEST_POINTS)
def test_a_point_falls_into_its_grid_or_none(lon: float, lat: float, grid: str | None) -> None:
    found = located(point=(lon, lat))
    assert found.where.grid == grid
    assert found.basis is (Basis.POINT if grid else Basis.OUT_OF_AREA)


def test_a_point_on_an_edge_falls_to_the_lowest_code() -> None:
    for grid in LOCATOR._grids:
        corners = [corner for ring in grid.rings for corner in ring]
        for found in LOCATOR.grids_of(corners):
            assert found is not None
            assert found.code <= grid.code


def test_a_batch_is_located_as_its_reports_one_by_one() -> None:
    spots = [Spot(point=(lon, lat)) for lon, lat, _ in TEST_POINTS] + [Spot(text="桐城金城小区"), Spot()]
    assert LOCATOR.locate(spots) == [LOCATOR.locate([spot])[0] for spot in spots]


def test_a_compound_in_the_address_settles_grid_and_community() -> None:
    found = located(address="桐城金城7号楼2单元")
    assert found.basis is Basis.ADDRESS
    assert (found.where.grid, found.where.community) == ("140213053901001", "140213053901")


def test_a_compound_in_the_words_is_found_when_no_address_was_given() -> None:
    found = located(text="东方罗马城小区外头那排围挡破了")
    assert (found.basis, found.where.grid) == (Basis.TEXT, "140213053902001")


def test_the_point_wins_over_words_and_a_declared_grid() -> None:
    found = located(point=IN_TAOYUAN, grid="140213053901001", address="桐城金城小区")
    assert (found.basis, found.where.grid) == (Basis.POINT, "140213053902002")


@pytest.mark.parametrize("spot", [{"point": (113.297086, 40.082726)}, {"grid": "140213053902001"}])
def test_beside_a_point_or_a_grid_the_words_name_the_compound_of_that_grid_only(spot: dict[str, Any]) -> None:
    named = located(**spot, text="东方罗马城小区的围挡破了")
    elsewhere = located(**spot, text="桐城金城小区的围挡破了")
    assert named.where.compound is not None
    assert named.where.compound.zh == "东方罗马城小区"
    assert (elsewhere.where.compound, elsewhere.where.grid) == (None, named.where.grid)


def test_a_declared_grid_wins_over_words() -> None:
    found = located(grid="140213053901001", address="北馨花园")
    assert (found.basis, found.where.grid) == (Basis.GRID, "140213053901001")


def test_places_that_contradict_each_other_settle_nothing() -> None:
    found = located(text="从桐城金城小区到北馨花园小区")
    assert (found.basis, found.where.grid) == (Basis.CONTRADICTORY, None)


def test_a_community_is_known_without_its_grid() -> None:
    found = located(address="文兴社区")
    assert (found.where.community, found.where.grid) == ("140213066901", None)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_point_has_one_answer(lon: float, lat: float) -> None:
    assert located(point=(lon, lat)) == located(point=(lon, lat))


@given(st.text(), st.text())
def test_every_text_has_one_answer(address: str, text: str) -> None:
    assert located(address=address, text=text).basis in Basis
