"""What a unit may do with an order, and what it is refused."""

import pytest

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.dispatch import Accepted, ItemDone, Noted, Resolved, Returned, Started
from libs.casework.refusal import Why
from libs.casework.vocabulary import Role, Stage
from tests.rules.dispatch.asking import CLERK, HELPER, LEAD, PHOTO, STRANGER, refused, said
from tests.support.cases import a_case_at, a_told_case_at, an_actor

DISPATCHED, ACCEPTED, WORKING = map(a_case_at, (Stage.DISPATCHED, Stage.ACCEPTED, Stage.WORKING))
ITEMS = ("dismantle", "clear", "beautify")


def with_items_done(*items: str) -> Case:
    story = a_told_case_at(Stage.WORKING).then("planned")
    for item in items:
        story = story.then("item_done", item=item)
    return story.so_far


EVERYTHING_OF_THE_LEAD: list[tuple[str, Case, dict[str, object]]] = [
    ("accept", DISPATCHED, {}),
    ("return", DISPATCHED, {"reason": "not_our_duty"}),
    ("start", ACCEPTED, {}),
    ("resolve", WORKING, {"words": "已拆除"}),
]


@pytest.mark.parametrize(("name", "case", "body"), EVERYTHING_OF_THE_LEAD)
def test_the_lead_unit_its_own_system_and_a_clerk_for_it_may(
    name: str, case: Case, body: dict[str, object]
) -> None:
    for actor in (LEAD, CLERK, an_actor(Role.SYSTEM, "pmc"), an_actor(Role.GRID_WORKER, "pmc")):
        assert said(name, case, actor, **body)


@pytest.mark.parametrize(("name", "case", "body"), EVERYTHING_OF_THE_LEAD)
@pytest.mark.parametrize("actor", [HELPER, STRANGER, an_actor(Role.SYSTEM), an_actor(Role.SYSTEM, "enforce")])
def test_no_other_unit_may(name: str, case: Case, body: dict[str, object], actor: Actor) -> None:
    refusal = refused(name, case, actor, **body)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_ALLOWED, case.stage, name)
    assert "lead unit" in refusal.allowed


@pytest.mark.parametrize(
    ("name", "case", "attempted"),
    [
        ("accept", WORKING, "accepted.v1"),
        ("return", WORKING, "returned.v1"),
        ("start", DISPATCHED, "started.v1"),
        ("resolve", ACCEPTED, "resolved.v1"),
    ],
)
def test_the_wrong_stage_is_named_before_anything_else(name: str, case: Case, attempted: str) -> None:
    body = {"reason": "no_such_reason"} if name == "return" else {}
    refusal = refused(name, case, STRANGER, **body)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, case.stage, attempted)


def test_signing_and_starting_say_so() -> None:
    assert said("accept", DISPATCHED, LEAD) == Accepted()
    assert said("start", ACCEPTED, LEAD) == Started()


def test_an_order_is_returned_for_one_of_the_offices_reasons() -> None:
    event = said("return", DISPATCHED, LEAD, reason="other_owner", words="属于产权单位")
    assert isinstance(event, Returned)
    assert (event.reason, event.words is not None) == ("other_owner", True)
    refusal = refused("return", DISPATCHED, LEAD, reason="too_tired")
    assert (refusal.code, refusal.field) == (Why.INVALID, "reason")
    assert "other_owner" in refusal.allowed


def test_a_final_ruling_cannot_be_returned() -> None:
    final = a_told_case_at(Stage.FILED).then("dispatched", final=True).so_far
    refusal = refused("return", final, LEAD, reason="not_our_duty")
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "return")
    assert "终审" in refusal.detail


def test_work_does_not_start_again_before_the_rework_is_ordered() -> None:
    failed = a_told_case_at(Stage.RESOLVED).then("check_failed")
    assert refused("start", failed.so_far, LEAD).attempted == "start"
    assert said("start", failed.then("rework_ordered").so_far, LEAD) == Started()


def test_an_item_is_reported_by_the_lead_or_by_its_own_unit() -> None:
    case = with_items_done()
    for actor in (LEAD, CLERK, an_actor(Role.UNIT_WORKER, "dist_sanitation")):
        event = said("done", case, actor, item="clear", evidence=[PHOTO], words="已清运")
        assert isinstance(event, ItemDone)
        assert (event.item, len(event.evidence)) == ("clear", 1)
    assert refused("done", case, HELPER, item="clear").code is Why.NOT_ALLOWED


def test_an_item_that_is_not_planned_or_done_already_is_refused() -> None:
    case = with_items_done("clear")
    unknown, twice = refused("done", case, item="paint"), refused("done", case, item="clear")
    assert unknown.allowed == ITEMS
    assert "done already" in twice.detail
    assert twice.allowed == ("dismantle", "beautify")


def test_work_with_open_items_is_not_reported_done_and_the_items_are_named() -> None:
    refusal = refused("resolve", with_items_done("clear"), LEAD, words="都好了")
    assert (refusal.code, refusal.field) == (Why.INVALID, "items")
    assert "dismantle, beautify" in refusal.detail
    assert isinstance(said("resolve", with_items_done(*ITEMS), LEAD, words="都好了"), Resolved)


def test_reporting_it_done_needs_evidence() -> None:
    assert refused("resolve", WORKING, LEAD).field == "evidence"
    by_photo = said("resolve", WORKING, LEAD, evidence=[PHOTO, PHOTO])
    assert isinstance(by_photo, Resolved)
    assert (len(by_photo.evidence), by_photo.words) == (1, None)


def test_a_note_is_taken_from_those_who_hold_or_watch_the_case() -> None:
    for actor in (LEAD, HELPER, CLERK, an_actor(Role.SUPERVISOR), an_actor(Role.GRID_WORKER)):
        assert isinstance(said("note", WORKING, actor, words="明天有雨"), Noted)
    refusal = refused("note", WORKING, STRANGER, words="路过")
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "note")


def test_a_note_is_for_the_office_unless_it_is_said_to_be_public() -> None:
    for body, public in (({}, False), ({"public": True}, True)):
        noted = said("note", WORKING, CLERK, words="明天上午来清运", **body)
        assert isinstance(noted, Noted)
        assert noted.public is public
