"""The reviewed data fits together: ids, references, keywords, places, and the stories that must run."""

import re
from collections import defaultdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.casework.categories import UNKNOWN, Catalogue, parse_catalogue
from libs.casework.events import EVENTS
from libs.casework.offices import Offices, parse_offices
from libs.casework.places import Level, Places, parse_places
from libs.casework.reasons import Reasons, parse_reasons
from libs.casework.units import Units, parse_units
from libs.plumbing.data import data_folder, read_geojson, read_yaml

DATED = re.compile(r"^\d{4}-\d{2}-\d{2}$")
YAML_FILES = sorted(path.name for path in data_folder().glob("*.yaml"))

STORIES = [
    ("东方罗马城小区外临时围挡多处破损，铁底座锈了，周围堆着垃圾", "hoarding", "东方罗马城小区", "yingbin"),
    ("桐城金城小区7号楼2单元，孩子不到一岁，奶粉没了", "infant_supplies", "桐城金城小区", "yingbin"),
    ("文兴社区消火栓没水", "hydrant_no_water", "文兴社区", "shuibosi"),
    ("文兴社区消控室没人", "fire_control_room", "文兴社区", "shuibosi"),
    ("文兴社区安全出口锁着", "exit_blocked", "文兴社区", "shuibosi"),
    ("文兴社区排烟口堵了", "vent_blocked", "文兴社区", "shuibosi"),
    ("北馨花园小区枯枝落叶成堆", "leaf_branch", "北馨花园小区", "shuibosi"),
    ("安丰里社区药店灭火器过期", "shop_hazard", "安丰里社区", "pingyuan"),
    ("迎宾路社区老人独居要送餐", "elder_care", "迎宾路社区", "yingbin"),
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return parse_catalogue(read_yaml("categories.yaml"))


@pytest.fixture(scope="module")
def units() -> Units:
    return parse_units(read_yaml("units.yaml"))


@pytest.fixture(scope="module")
def places() -> Places:
    return parse_places(read_geojson("grids.geojson"))


@pytest.fixture(scope="module")
def offices() -> Offices:
    return parse_offices(read_yaml("offices.yaml"))


@pytest.fixture(scope="module")
def reasons() -> Reasons:
    return parse_reasons(read_yaml("reasons.yaml"))


@pytest.mark.parametrize("name", YAML_FILES)
def test_every_file_says_its_schema_and_its_version(name: str) -> None:
    content = read_yaml(name)
    assert content["schema"] == f"banjie/{name.removesuffix('.yaml')}/1"
    assert DATED.match(content["version"])


@pytest.mark.parametrize("name", YAML_FILES)
def test_no_key_was_read_as_yes_or_no(name: str) -> None:
    assert _switches(read_yaml(name)) == []


def _switches(value: Any) -> list[Any]:
    if isinstance(value, dict):
        own = [key for key in value if isinstance(key, bool)]
        return own + [key for part in value.values() for key in _switches(part)]
    return [key for part in value for key in _switches(part)] if isinstance(value, list) else []


def test_ids_are_unique(catalogue: Catalogue, units: Units, places: Places, offices: Offices) -> None:
    for ids in (
        [one.id for one in catalogue.subclasses],
        [one.id for one in catalogue.classes],
        [one.id for one in units.units],
        [one.code for one in places.places],
        [one.code for one in offices.offices],
        [one.prefix for one in offices.offices],
    ):
        assert len(ids) == len(set(ids))


def test_every_subclass_has_a_class_of_its_kind_and_units_that_exist(
    catalogue: Catalogue, units: Units
) -> None:
    for one in catalogue.subclasses:
        assert catalogue.class_of(one).kind is one.kind, one.id
        assert all(units.get(body) for body in (one.lead, *one.helps)), one.id
        assert one.lead not in one.helps, one.id
        assert all(limit.source in catalogue.sources for limit in one.limits), one.id


def test_the_owner_rule_names_subclasses_that_exist(catalogue: Catalogue, units: Units) -> None:
    assert all(catalogue.get(one) for one in units.rules.owner_rule.subclasses_inside_compound)


def test_what_concerns_a_person_is_private(catalogue: Catalogue) -> None:
    welfare = [one for one in catalogue.subclasses if one.class_id == "S01"]
    assert welfare
    assert all(one.private for one in welfare)


def test_no_keyword_stands_in_two_classes(catalogue: Catalogue) -> None:
    where = defaultdict(set)
    for one in catalogue.subclasses:
        for keyword in one.keywords:
            where[keyword.casefold()].add(one.class_id)
    assert {word: classes for word, classes in where.items() if len(classes) > 1} == {}


def test_keywords_are_trimmed_and_not_empty(catalogue: Catalogue) -> None:
    for one in catalogue.subclasses:
        assert all(keyword.strip() == keyword != "" for keyword in one.keywords)


def test_every_place_lies_in_one_of_the_level_above(places: Places, offices: Offices) -> None:
    for place in places.places:
        levels = [one.level for one in places.path(place)]
        assert levels == list(Level)[: len(levels)], place.zh
        assert (place.point is None) == (place.level is not Level.COMPOUND)
        assert (place.property_company is None) == (place.level is not Level.COMPOUND)
    for street in places.at(Level.STREET):
        assert offices.of_street(street.code), street.zh


def test_outlines_are_closed(places: Places) -> None:
    for place in places.places:
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in place.rings)


def test_no_two_places_share_a_name(places: Places) -> None:
    names = [name.casefold() for place in places.places for name in place.names]
    assert sorted(names) == sorted(set(names))


def test_offices_live_in_a_known_time_zone(offices: Offices, places: Places) -> None:
    for office in offices.offices:
        assert ZoneInfo(office.timezone)
        street = places.get(office.street)
        assert street is not None
        assert street.zh == office.zh


def test_reasons_are_given_for_steps_that_carry_one(reasons: Reasons) -> None:
    # What is asked is asked for a reason of what is wanted; a parked record has a reason of its own.
    others = {"parked", "suspension_asked", "extension_asked"}
    with_reason = {EVENTS[name].TYPE for name in EVENTS.names() if "reason" in EVENTS[name].model_fields}
    assert set(reasons.reasons) == with_reason - others
    for step, codes in reasons.reasons.items():
        assert len({one.code for one in codes}) == len(codes) > 0, step


@pytest.mark.parametrize(("words", "category", "place", "office"), STORIES)
def test_a_story_finds_its_category_place_and_office(
    words: str, category: str, place: str, office: str, catalogue: Catalogue, places: Places, offices: Offices
) -> None:
    (found,) = places.named_in(words)
    named = found.compound or places.get(found.grid or found.community or found.street or "")
    assert named is not None
    assert named.zh == place
    assert found.community is not None
    assert offices.of_street(found.street or "") == offices.get(office)
    assert catalogue.get(category) is not None


def test_holidays_are_real_days_and_an_unknown_year_is_marked() -> None:
    holidays = read_yaml("holidays.yaml")
    for year, table in holidays["years"].items():
        assert table["status"] in {"official", "unknown"}
        assert bool(table["breaks"]) == (table["status"] == "official")
        for row in table["breaks"]:
            _check_break(year, row)


def _check_break(year: int, row: dict[str, Any]) -> None:
    first, last = map(date.fromisoformat, row["rest"])
    made_up = [date.fromisoformat(day) for day in row["work"]]
    assert (last - first).days + 1 == row["days"]
    assert first.year == last.year == year
    assert all(day.weekday() >= 5 and not first <= day <= last for day in made_up)


def test_utterances_are_labelled_with_subclasses_that_exist(catalogue: Catalogue) -> None:
    rows = [row for language in ("zh", "en") for row in read_yaml("utterances.yaml")[language]]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert all(catalogue.get(label) for label in row["labels"]), row["id"]
    assert catalogue.get(UNKNOWN) is not None
