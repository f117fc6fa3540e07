"""Do the data files agree with each other, and what changes for whom. Each rule is broken once."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from libs.casework.categories import parse_catalogue
from libs.casework.dataset import Dataset, changes, findings, shifts
from libs.casework.offices import parse_offices
from libs.casework.places import parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.units import parse_units
from libs.plumbing.data import read_geojson, read_yaml

SHIPPED = Dataset(
    parse_catalogue(read_yaml("categories.yaml")),
    parse_units(read_yaml("units.yaml")),
    parse_places(read_geojson("grids.geojson")),
    parse_offices(read_yaml("offices.yaml")),
    parse_reasons(read_yaml("reasons.yaml")),
)
HOARDING = [one.id for one in SHIPPED.catalogue.subclasses].index("hoarding")


def with_row(whole: BaseModel, rows: str, at: int, **instead: Any) -> Any:
    """The file with fields of one of its rows replaced."""
    kept = list(getattr(whole, rows))
    kept[at] = kept[at].model_copy(update=instead)
    return whole.model_copy(update={rows: tuple(kept)})


def with_subclass(**instead: Any) -> Dataset:
    return replace(SHIPPED, catalogue=with_row(SHIPPED.catalogue, "subclasses", HOARDING, **instead))


def wrong(data: Dataset) -> list[tuple[str, Any, str]]:
    return [(one.file, one.path, one.detail) for one in findings(data) if not one.harmless]


def test_the_shipped_data_agree() -> None:
    assert wrong(SHIPPED) == []
    told = [one.detail for one in findings(SHIPPED)]
    assert "volunteers: no category names this unit" in told


BROKEN = [
    (
        with_subclass(lead="nobody"),
        ("categories.yaml", ("subclasses", HOARDING, "lead"), "hoarding: there is no unit nobody"),
    ),
    (
        with_subclass(lead="enforce", helps=("enforce",)),
        ("categories.yaml", ("subclasses", HOARDING, "helps"), "hoarding: enforce leads and helps"),
    ),
    (
        with_subclass(class_id="E99"),
        ("categories.yaml", ("subclasses", HOARDING, "class"), "hoarding: there is no part class E99"),
    ),
    (
        replace(SHIPPED, units=SHIPPED.units.model_copy(update={"version": "autumn"})),
        ("units.yaml", ("version",), "'autumn' is no date such as 2026-11-24"),
    ),
    (
        replace(SHIPPED, offices=with_row(SHIPPED.offices, "offices", 1, code="yingbin")),
        ("offices.yaml", ("offices", 1), "yingbin is there already, as row 1"),
    ),
    (
        replace(SHIPPED, offices=with_row(SHIPPED.offices, "offices", 1, street="1")),
        ("offices.yaml", ("offices", 1, "street"), "shuibosi: there is no street 1"),
    ),
]


@pytest.mark.parametrize(("data", "found"), BROKEN, ids=[found[2] for _, found in BROKEN])
def test_what_does_not_fit_is_named_where_it_stands(data: Dataset, found: tuple[str, Any, str]) -> None:
    kind = SHIPPED.catalogue.subclasses[HOARDING].kind
    file, path, detail = found
    assert (file, path, detail.replace("part class", f"{kind} class")) in wrong(data)


def test_a_grid_without_its_community_is_named() -> None:
    places = SHIPPED.places.model_copy(update={"places": SHIPPED.places.places})
    at = next(number for number, one in enumerate(places.places) if one.level == "grid")
    broken = replace(SHIPPED, places=with_row(places, "places", at, parent="999"))
    code = places.places[at].code
    where = ("features", at, "properties", "parent")
    assert ("grids.geojson", where, f"grid {code}: there is no community 999") in wrong(broken)


def test_nothing_changes_between_the_same() -> None:
    assert (changes(SHIPPED, SHIPPED), shifts(SHIPPED, SHIPPED)) == ([], [])


def test_a_new_lead_is_told_by_row_and_for_both_units() -> None:
    was = SHIPPED.catalogue.subclasses[HOARDING].lead
    (row,) = changes(SHIPPED, with_subclass(lead="enforce"))
    moved = {(each.unit, each.duty): each for each in shifts(SHIPPED, with_subclass(lead="enforce"))}
    assert (row.row, row.was, row.becomes) == ("hoarding", {"lead": was}, {"lead": "enforce"})
    assert moved[(was, "lead")].loses == ("hoarding",)
    assert moved[("enforce", "lead")].gains == ("hoarding",)


def test_what_is_added_or_gone_is_told() -> None:
    fewer = replace(SHIPPED, units=SHIPPED.units.model_copy(update={"units": SHIPPED.units.units[1:]}))
    gone, added = changes(SHIPPED, fewer), changes(fewer, SHIPPED)
    assert [(row.row, row.becomes) for row in gone] == [(SHIPPED.units.units[0].id, None)]
    assert [(row.row, row.was) for row in added] == [(SHIPPED.units.units[0].id, None)]
