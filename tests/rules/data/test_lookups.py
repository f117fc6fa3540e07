"""Looking things up in the reviewed data: owners, places, reasons, and files that cannot be read."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from libs.casework.categories import Catalogue, Kind, parse_catalogue
from libs.casework.offices import parse_offices
from libs.casework.places import Level, Places, parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.units import Units, parse_units
from libs.plumbing.data import DataUnreadable, read_geojson, read_yaml

CATALOGUE: Catalogue = parse_catalogue(read_yaml("categories.yaml"))
UNITS: Units = parse_units(read_yaml("units.yaml"))
PLACES: Places = parse_places(read_geojson("grids.geojson"))


def named(name: str) -> str:
    return next(place.code for place in PLACES.places if place.zh == name)


def test_inside_a_compound_the_property_company_leads_and_the_listed_lead_helps() -> None:
    leaves = CATALOGUE.get("hoarding")
    assert leaves is not None
    owners = UNITS.owners(leaves, PLACES.get(named("东方罗马城小区")))
    assert (owners.lead, owners.because) == ("pmc", "inside_compound")
    assert owners.helps[0] == "office_urban"
    assert "pmc" not in owners.helps


def test_without_a_property_company_the_community_leads() -> None:
    leaves = CATALOGUE.get("leaf_branch")
    assert leaves is not None
    owners = UNITS.owners(leaves, PLACES.get(named("示例一小区")))
    assert owners.lead == "community"
    assert "pmc" not in owners.helps


def test_in_public_space_the_catalogue_says_who_leads() -> None:
    hoarding = CATALOGUE.get("hoarding")
    assert hoarding is not None
    owners = UNITS.owners(hoarding)
    assert (owners.lead, owners.helps, owners.because) == (hoarding.lead, hoarding.helps, "category")


def test_what_has_an_owner_of_its_own_stays_with_it_inside_a_compound() -> None:
    leak = CATALOGUE.get("gas_leak")
    assert leak is not None
    assert UNITS.owners(leak, PLACES.get(named("北馨花园小区"))).lead == "util_gas"


def test_two_levels_of_one_place_are_one_answer() -> None:
    (found,) = PLACES.named_in("迎宾街道和泰社区桐城金城小区7号楼2单元")
    assert found.compound is not None
    assert (found.community, found.grid) == (named("和泰社区"), "140213053901001")


def test_two_places_that_contradict_each_other_are_two_answers() -> None:
    assert {one.community for one in PLACES.named_in("和泰社区和文兴社区之间")} == {
        named("和泰社区"),
        named("文兴社区"),
    }


def test_a_text_without_a_place_names_none() -> None:
    assert PLACES.named_in("楼下灯不亮") == ()


def test_a_place_is_known_by_its_english_name_in_any_case() -> None:
    (found,) = PLACES.named_in("fire hydrant in WENXING COMMUNITY")
    assert found.community == named("文兴社区")


def test_levels_are_listed_in_the_order_of_the_data() -> None:
    assert [street.zh for street in PLACES.at(Level.STREET)] == ["迎宾街道", "水泊寺街道", "平源街道"]


def test_reasons_are_looked_up_by_step_and_code() -> None:
    reasons = parse_reasons(read_yaml("reasons.yaml"))
    found = reasons.get("returned", "not_our_duty")
    assert found is not None
    assert found.zh == "不属于本单位职责"
    assert reasons.get("returned", "because") is None
    assert reasons.codes("dreamt") == ()


def test_an_office_is_known_by_code_and_by_street() -> None:
    offices = parse_offices(read_yaml("offices.yaml"))
    assert offices.of_street("140213053") == offices.get("yingbin")
    assert offices.get("nowhere") is None
    assert offices.of_street("nowhere") is None


def test_returns_are_limited_by_data() -> None:
    assert UNITS.returns_allowed == 2
    assert (Kind.PART.zh, Kind.EVENT.zh) == ("部件", "事件")


def test_a_misspelt_field_in_the_catalogue_is_an_error() -> None:
    data = read_yaml("categories.yaml")
    data["subclasses"][0]["urgnecy"] = "normal"
    with pytest.raises(ValidationError, match="urgnecy"):
        parse_catalogue(data)


@pytest.mark.parametrize(("name", "content"), [("a.yaml", "a: [b"), ("b.yaml", "- a list"), ("c.yaml", None)])
def test_an_unreadable_file_is_one_clear_error(
    name: str, content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANJIE_DATA_FOLDER", str(tmp_path))
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(DataUnreadable, match=name):
        read_yaml(name)


def test_broken_geojson_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANJIE_DATA_FOLDER", str(tmp_path))
    (tmp_path / "grids.geojson").write_text("{")
    with pytest.raises(DataUnreadable, match="GeoJSON"):
        read_geojson("grids.geojson")
