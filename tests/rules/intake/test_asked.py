"""What a report is asked beside its words: a caller's contact and consent, fields of the category, a typed address."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from libs.casework.refusal import Why
from libs.casework.vocabulary import Source
from services.intake.handlers import asked_for
from services.intake.rules import Guide, Opening
from tests.rules.intake.test_rules import CLERK, HOTLINE, RESIDENT, WALKER, a_report, refused, taken_in
from tests.support.reference import a_guide

CALLER = {"name": "王", "phone": "13900000000", "consent": True}
FORMULA = {"age_months": 8, "needed": "formula", "allergy": "乳糖不耐受"}
HOME = {"community": "和泰社区", "compound": "桐城金城小区", "building": "7", "unit": "2单元"}


@pytest.fixture(scope="module")
def guide() -> Guide:
    return a_guide()


def sealed(opening: Opening) -> dict[str, str]:
    return {text.kind: text.words for text in opening.texts}


def test_a_clerk_takes_down_what_a_caller_tells(guide: Guide) -> None:
    opening = taken_in(guide, CLERK, on_behalf=True, contact=CALLER)
    reported = opening.reported("YB-1", ())
    assert (reported.source, reported.on_behalf, reported.seen_on_spot) == (Source.STAFF, True, False)
    assert json.loads(sealed(opening)["contact"])["phone"] == "13900000000"


def test_a_grid_workers_own_was_seen_and_what_somebody_told_them_was_not(guide: Guide) -> None:
    assert taken_in(guide, WALKER).seen_on_spot
    assert taken_in(guide, WALKER).reported("YB-1", ()).on_behalf is None
    assert not taken_in(guide, WALKER, on_behalf=True).seen_on_spot
    assert taken_in(guide, WALKER, on_behalf=True, seen_on_spot=True).seen_on_spot


@pytest.mark.parametrize("reporter", [RESIDENT, HOTLINE])
def test_nobody_else_reports_on_behalf_of_a_caller(guide: Guide, reporter: Any) -> None:
    refusal = refused(guide, reporter, on_behalf=True)
    assert (refusal.code, refusal.field) == (Why.NOT_ALLOWED, "on_behalf")
    assert refusal.allowed == ("grid_worker", "staff")


def test_consent_is_kept_with_what_it_is_for_and_when(guide: Guide) -> None:
    said = {"consent_for": ["reply"], "consented_at": "2026-09-20T08:00:00+08:00"}
    kept = json.loads(sealed(taken_in(guide, CLERK, contact=CALLER | said))["contact"])
    assert kept["consent_for"] == ["reply"]
    assert kept["consented_at"] == "2026-09-20T00:00:00.000000Z"


def test_consent_that_names_nothing_is_for_what_people_are_asked_and_from_now_on(guide: Guide) -> None:
    kept = json.loads(sealed(taken_in(guide, contact=CALLER))["contact"])
    assert kept["consent_for"] == ["contact", "reply", "follow_up"]
    assert kept["consented_at"] == "2026-09-21T14:13:20.000000Z"


def test_without_consent_no_contact_is_kept(guide: Guide) -> None:
    assert "contact" not in sealed(taken_in(guide, CLERK, contact=CALLER | {"consent": False}))
    assert "contact" not in sealed(taken_in(guide, CLERK, contact={"consent": True}))


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"consent_for": ["adverts"]}, Why.INVALID, "contact.consent_for"),
        ({"consented_at": "2030-01-01T00:00:00Z"}, Why.FROM_THE_FUTURE, "contact.consented_at"),
    ],
)
def test_consent_to_nothing_known_or_from_the_future_is_refused(
    guide: Guide, said: dict[str, Any], code: Why, field: str
) -> None:
    refusal = refused(guide, contact=CALLER | said)
    assert (refusal.code, refusal.field) == (code, field)


def test_private_fields_are_sealed_and_the_others_stand_in_the_event(guide: Guide) -> None:
    opening = taken_in(guide, category="infant_supplies", fields=FORMULA)
    assert opening.reported("YB-1", ()).fields == {"needed": "formula"}
    assert json.loads(sealed(opening)["fields"]) == {"age_months": 8, "allergy": "乳糖不耐受"}


def test_a_category_without_fields_reads_as_before(guide: Guide) -> None:
    written = taken_in(guide, category="hoarding").reported("YB-1", ()).model_dump_json(exclude_none=True)
    assert "fields" not in written
    assert "on_behalf" not in written


@pytest.mark.parametrize(
    ("more", "field", "allowed"),
    [
        ({"category": "infant_supplies"}, "fields.age_months", ("a number from 0 to 36",)),
        (
            {"category": "infant_supplies", "fields": FORMULA | {"needed": "beer"}},
            "fields.needed",
            ("formula", "nappies", "baby_food", "other"),
        ),
        ({"category": "hoarding", "fields": {"colour": "red"}}, "fields.colour", ()),
        ({"fields": {"colour": "red"}}, "fields", ()),
    ],
)
def test_a_field_is_refused_by_name_with_what_is_allowed(
    guide: Guide, more: dict[str, Any], field: str, allowed: tuple[str, ...]
) -> None:
    refusal = refused(guide, **more)
    assert (refusal.code, refusal.field, refusal.allowed) == (Why.INVALID, field, allowed)


@pytest.mark.parametrize(
    "value", [None, [], {}, "", "\x00", "x" * 2001, float("nan"), float("inf"), 2**60, {"a": 1}]
)
def test_a_field_takes_no_hostile_value(value: Any) -> None:
    with pytest.raises(ValidationError):
        a_report(category="infant_supplies", fields={"allergy": value})


def test_a_typed_address_gives_grid_office_and_the_words_of_the_data(guide: Guide) -> None:
    opening = taken_in(guide, location=HOME, address="门口右手边")
    assert (opening.grid, opening.office) == ("140213053901001", "yingbin")
    assert sealed(opening)["address"] == "迎宾街道和泰社区桐城金城小区7号楼2单元，门口右手边"
    assert taken_in(guide, location={"compound": "北馨花园"}).office == "shuibosi"
    assert taken_in(guide, location={"community": "北馨园社区"}).office == "shuibosi"


@pytest.mark.parametrize(
    ("location", "field", "candidate"),
    [
        ({"compound": "金城"}, "location.compound", "桐城金城小区"),
        ({"community": "和平社区"}, "location.community", "和泰社区"),
        (HOME | {"building": "99"}, "location.building", "12号楼"),
        ({"unit": "2单元"}, "location.compound", "东方罗马城小区"),
    ],
)
def test_an_unclear_address_is_answered_with_candidates(
    guide: Guide, location: dict[str, str], field: str, candidate: str
) -> None:
    refusal = refused(guide, location=location)
    assert (refusal.code, refusal.field) == (Why.INVALID, field)
    assert candidate in " ".join(refusal.allowed)


def test_a_grid_that_contradicts_the_address_is_refused(guide: Guide) -> None:
    refusal = refused(guide, location=HOME, grid="140213053902001")
    assert (refusal.field, refusal.allowed) == ("grid", ("140213053901001",))


def test_a_report_of_before_is_the_same_report_after_an_update() -> None:
    told = {"place": {"lon": 113.29, "lat": 40.08}, "contact": {"phone": "13900000000", "consent": True}}
    report = a_report(**told).model_copy(update={"text": "路灯不亮", "category": "street_lamp"})
    before = "e528af934d020ef34cb7a2c4a38aad2be0b6dff86575ebc1c2bd8c65a6177e49"
    assert asked_for(report).hex() == before
    assert asked_for(report.model_copy(update={"on_behalf": True})).hex() != before
    assert asked_for(report.model_copy(update={"fields": {"lamps": 1}})).hex() != before
