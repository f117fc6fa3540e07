"""What becomes of a report before anybody looks at it."""

from typing import Any

import pytest
from pydantic import ValidationError

from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Source
from libs.plumbing.principals import Principal
from libs.stages.publishers import Publisher
from services.intake.bodies import Report
from services.intake.reporters import person, system
from services.intake.rules import Guide, Opening, Reporter, take_in
from tests.support.reference import a_guide

NOW = 1_790_000_000_000_000
RESIDENT = person(None)
CLERK = person(Principal("clerk-1", frozenset({"clerk"}), "yingbin"))
WALKER = person(Principal("grid-1", frozenset({"grid_worker"}), "yingbin", grids=("140213053902001",)))
HOTLINE = system(Publisher("hotline", "shuibosi", frozenset()))
TRUSTED = system(Publisher("sensors", "yingbin", frozenset(), seen_on_spot=True))


@pytest.fixture(scope="module")
def guide() -> Guide:
    return a_guide()


def a_report(**more: Any) -> Report:
    return Report.model_validate({"text": "小区外的临时围挡破了", **more})


def taken_in(guide: Guide, reporter: Reporter = RESIDENT, **more: Any) -> Opening:
    opening = take_in(a_report(**more), reporter, guide, NOW)
    assert isinstance(opening, Opening)
    return opening


def refused(guide: Guide, reporter: Reporter = RESIDENT, **more: Any) -> Refusal:
    refusal = take_in(a_report(**more), reporter, guide, NOW)
    assert isinstance(refusal, Refusal)
    return refusal


def test_a_resident_needs_no_name(guide: Guide) -> None:
    opening = taken_in(guide)
    assert (opening.reporter.source, opening.reporter.actor.id) == (Source.RESIDENT, "anonymous")
    assert [text.kind for text in opening.texts] == ["text"]


def test_point_address_and_contact_are_kept_as_sealed_content(guide: Guide) -> None:
    contact = {"name": "王", "phone": "139 0000 0000", "consent": True}
    opening = taken_in(guide, place={"lon": 113.29, "lat": 40.08}, address="7号楼", contact=contact)
    assert [text.kind for text in opening.texts] == ["text", "point", "address", "contact"]


def test_a_contact_without_consent_is_not_kept(guide: Guide) -> None:
    opening = taken_in(guide, contact={"name": "王", "phone": "13900000000", "consent": False})
    assert "contact" not in [text.kind for text in opening.texts]


def test_nothing_personal_stands_in_the_event(guide: Guide) -> None:
    contact = {"name": "王小明", "phone": "13900000000", "consent": True}
    opening = taken_in(guide, contact=contact, address="7号楼2单元", place={"lon": 113.2961, "lat": 40.08})
    said = opening.reported("YB-1", ()).model_dump_json()
    assert not any(personal in said for personal in ("王", "139", "7号楼", "113.2961", "围挡"))


@pytest.mark.parametrize(
    ("more", "office"),
    [
        ({"grid": "140213066901001"}, "shuibosi"),
        ({"address": "北馨花园3号楼"}, "shuibosi"),
        ({"text": "桐城金城小区没水"}, "yingbin"),
        ({"text": "没有地点"}, "yingbin"),
        ({"text": "从桐城金城小区到北馨花园小区都停水"}, "yingbin"),
        ({"office": "pingyuan"}, "pingyuan"),
    ],
)
def test_a_residents_report_goes_to_the_office_of_its_place(
    guide: Guide, more: dict[str, Any], office: str
) -> None:
    assert taken_in(guide, **more).office == office


def test_staff_and_systems_report_to_their_own_office(guide: Guide) -> None:
    assert taken_in(guide, CLERK, grid="140213066901001").office == "yingbin"
    assert taken_in(guide, HOTLINE).office == "shuibosi"


def test_nobody_reports_in_the_name_of_another_office(guide: Guide) -> None:
    refusal = refused(guide, CLERK, office="shuibosi")
    assert (refusal.code, refusal.field, refusal.allowed) == (Why.NOT_ALLOWED, "office", ("yingbin",))


def test_what_a_grid_worker_reports_was_seen_on_the_spot(guide: Guide) -> None:
    assert taken_in(guide, WALKER).seen_on_spot
    assert not taken_in(guide, WALKER, seen_on_spot=False).seen_on_spot


def test_a_clerk_says_whether_it_was_seen(guide: Guide) -> None:
    assert not taken_in(guide, CLERK).seen_on_spot
    assert taken_in(guide, CLERK, seen_on_spot=True).seen_on_spot


def test_a_trusted_system_has_seen_it_and_another_may_not_say_so(guide: Guide) -> None:
    assert taken_in(guide, TRUSTED).seen_on_spot
    assert refused(guide, HOTLINE, seen_on_spot=True).code is Why.NOT_ALLOWED


def test_a_resident_may_not_say_that_it_was_seen_on_the_spot(guide: Guide) -> None:
    refusal = refused(guide, seen_on_spot=True)
    assert (refusal.code, refusal.attempted, refusal.field) == (Why.NOT_ALLOWED, "report", "seen_on_spot")


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"category": "no_such"}, Why.INVALID, "category"),
        ({"grid": "1"}, Why.INVALID, "grid"),
        ({"grid": "140213053"}, Why.INVALID, "grid"),
        ({"office": "nowhere"}, Why.INVALID, "office"),
        ({"happened_at": "2030-01-01T00:00:00Z"}, Why.FROM_THE_FUTURE, "happened_at"),
        ({"happened_at": "2001-01-01T00:00:00Z"}, Why.INVALID, "happened_at"),
    ],
)
def test_a_report_that_names_what_is_not_there_is_refused_by_field(
    guide: Guide, more: dict[str, Any], code: Why, field: str
) -> None:
    refusal = refused(guide, **more)
    assert (refusal.code, refusal.field) == (code, field)


def test_unknown_is_no_declared_category(guide: Guide) -> None:
    assert taken_in(guide, category="unknown").category is None
    assert taken_in(guide, category="hoarding").category == "hoarding"


def test_the_reports_own_time_wins_over_the_messages(guide: Guide) -> None:
    report = a_report(happened_at="2026-09-20T00:00:00Z")
    opening = take_in(report, HOTLINE, guide, NOW, 5)
    assert isinstance(opening, Opening)
    assert opening.happened_at == 1_789_862_400_000_000
    without = take_in(a_report(), HOTLINE, guide, NOW, 5)
    assert isinstance(without, Opening)
    assert without.happened_at == 5


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"text": None},
        {"text": 7},
        {"text": ["a"]},
        {"text": "\x00"},
        {"text": "x" * 10_000_000},
        {"text": "ok", "place": {"lon": 181, "lat": 0}},
        {"text": "ok", "place": {"lon": float("nan"), "lat": 0}},
        {"text": "ok", "place": {"lon": float("inf"), "lat": 0}},
        {"text": "ok", "place": [113, 40]},
        {"text": "ok", "contact": {"phone": "139"}},
        {"text": "ok", "contact": {"phone": "13900000000", "consent": "yes"}},
        {"text": "ok", "contact": {"phone": "<script>", "consent": True}},
        {"text": "ok", "seen_on_spot": 1},
        {"text": "ok", "happened_at": "2026-01-01T00:00:00"},
        {"text": "ok", "category": "../../etc"},
        {"text": "ok", "extra": 1},
    ],
)
def test_a_hostile_report_is_not_read(hostile: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Report.model_validate(hostile)
