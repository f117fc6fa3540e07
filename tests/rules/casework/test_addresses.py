"""Typed addresses: found by name, by another name or by code; unknown and ambiguous ones are answered with candidates."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.addresses import MOST_CANDIDATES, Found, TypedAddress, Unclear, resolve
from libs.casework.places import Level, Place, Places
from tests.support.reference import places as reviewed_places


def found(**typed: str) -> Found:
    answer = resolve(TypedAddress(**typed), reviewed_places())
    assert isinstance(answer, Found), answer
    return answer


def unclear(places: Places | None = None, **typed: Any) -> Unclear:
    answer = resolve(TypedAddress(**typed), places or reviewed_places())
    assert isinstance(answer, Unclear), answer
    return answer


@pytest.mark.parametrize(
    "compound",
    [
        "桐城金城小区",
        "桐城金城",
        "金城小区",
        "140213053901001-01",
        "tongcheng jincheng  COMPOUND",
        "桐城金城　小区",
    ],
)
def test_a_compound_settles_its_grid_by_any_of_its_names(compound: str) -> None:
    there = found(compound=compound)
    assert (there.place.zh, there.grid) == ("桐城金城小区", "140213053901001")
    assert there.words == "迎宾街道和泰社区桐城金城小区"


@pytest.mark.parametrize("building", ["7号楼", "7", "07号楼", "7栋", "7#", "No.7", "７号楼"])
def test_a_building_is_one_of_the_compounds_however_it_is_written(building: str) -> None:
    there = found(community="和泰社区", compound="桐城金城小区", building=building, unit="2单元301")
    assert there.words == "迎宾街道和泰社区桐城金城小区7号楼2单元301"


def test_a_building_that_is_not_there_is_answered_with_those_that_are() -> None:
    answer = unclear(compound="桐城金城小区", building="70号楼")
    assert (answer.part, answer.candidates[0], len(answer.candidates)) == ("building", "1号楼", 12)


def test_a_compound_whose_buildings_nobody_listed_takes_what_is_typed() -> None:
    assert found(compound="示例市场", building="B区").words.endswith("示例市场B区")


def test_a_building_without_its_compound_is_refused() -> None:
    assert unclear(community="和泰社区", building="7号楼").part == "building"


def test_a_community_alone_settles_no_grid() -> None:
    there = found(community="和泰社区")
    assert (there.grid, there.words) == (None, "迎宾街道和泰社区")


def test_an_unknown_name_is_answered_with_those_that_resemble_it() -> None:
    answer = unclear(compound="桐城")
    assert answer.part == "compound"
    assert answer.candidates == ("140213053901001-01 迎宾街道 和泰社区 桐城金城小区",)


def test_a_compound_of_another_community_is_answered_with_where_it_is() -> None:
    answer = unclear(community="迎宾路社区", compound="桐城金城小区")
    assert answer.candidates == ("140213053901001-01 迎宾街道 和泰社区 桐城金城小区",)


def test_what_resembles_nothing_is_answered_with_all_that_there_is() -> None:
    assert len(unclear(compound="不存在的地方").candidates) == 5
    assert unclear().part == "compound"


def test_a_name_that_two_places_have_is_answered_with_both_and_settled_by_the_one_above_or_a_code() -> None:
    base = reviewed_places()
    twin = Place(
        level=Level.COMPOUND,
        code="140213066901002-01",
        parent="140213066901002",
        zh="桐城金城小区",
        en="Twin",
    )
    twins = Places(version=base.version, places=(*base.places, twin))
    assert len(unclear(twins, compound="桐城金城小区").candidates) == 2
    for typed in ({"community": "文兴社区", "compound": "桐城金城小区"}, {"compound": twin.code}):
        answer = resolve(TypedAddress(**typed), twins)
        assert isinstance(answer, Found)
        assert answer.place == twin


@given(
    st.builds(TypedAddress, **{part: st.none() | st.text(max_size=8) for part in TypedAddress.model_fields})
)
def test_whatever_is_typed_gets_a_place_or_an_answer(typed: TypedAddress) -> None:
    answer = resolve(typed, reviewed_places())
    assert isinstance(answer, Found) or len(answer.candidates) <= MOST_CANDIDATES
