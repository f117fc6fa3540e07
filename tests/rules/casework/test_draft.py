"""What `draft` adds to the table: expectations, time, idempotency keys, office and visibility."""

import pytest

from libs.casework.draft import AtRev, AtSeq, Change, Drafted, Expect, NewCase, Whatever, draft
from libs.casework.refusal import Refusal, Why
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from tests.support.cases import (
    TEN_IN_THE_MORNING,
    a_reported_case,
    a_speaker,
    a_told_case_at,
    new_id,
    told,
)


@pytest.mark.parametrize("expect", [AtRev(1), AtSeq(1), Whatever()])
def test_a_case_that_nobody_opened_is_refused_as_unknown(expect: Expect) -> None:
    change = Change(new_id(), expect, (example("filed"),))
    refused = draft(None, change, a_speaker(Service.TRIAGE), TEN_IN_THE_MORNING, new_id)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.attempted) == (Why.UNKNOWN_CASE, "filed.v1")


def test_warnings_and_notes_do_not_make_a_clerk_stale() -> None:
    seen = a_told_case_at(Stage.WORKING)
    now = seen.then("deadline_warned").then("noted").then("deadline_breached").then("attention_ordered")
    change = Change(now.case_id, AtRev(seen.so_far.rev), (example("suspended"),))
    drafted = draft(now.case, change, a_speaker(Service.DISPATCH), now.at, new_id)
    assert isinstance(drafted, Drafted)
    assert drafted.case.stage is Stage.SUSPENDED


def test_a_breach_decided_on_an_older_seq_is_decided_again() -> None:
    story = a_told_case_at(Stage.WORKING)
    moved = story.then("noted")
    change = Change(story.case_id, AtSeq(story.so_far.seq), (example("deadline_breached"),))
    refused = draft(moved.case, change, a_speaker(Service.SLA), moved.at, new_id)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == (Why.STALE, "seq")


def test_a_change_without_events_is_refused() -> None:
    refused = draft(None, Change(new_id(), NewCase("yingbin"), ()), a_speaker(Service.INTAKE), 1, new_id)
    assert isinstance(refused, Refusal)
    assert refused.code is Why.INVALID


def test_a_step_that_fails_halfway_leaves_nothing() -> None:
    case = a_reported_case()
    change = Change(case.id, AtSeq(case.seq), (example("filed"), example("confirmation_asked")))
    refused = draft(case, change, a_speaker(Service.TRIAGE), case.updated_at, new_id)
    assert isinstance(refused, Refusal)
    assert (refused.stage, refused.attempted) == (Stage.FILED, "confirmation_asked.v1")


def test_a_clock_behind_the_head_is_lifted_to_it() -> None:
    case = a_reported_case()
    change = Change(case.id, Whatever(), (example("details_added"),), happened_at=7)
    drafted = draft(case, change, a_speaker(Service.INTAKE), case.updated_at - 1, new_id)
    assert isinstance(drafted, Drafted)
    assert drafted.sealed[0].entry.at == case.updated_at
    assert drafted.sealed[0].entry.happened_at == 7


def test_classifying_may_hand_a_case_to_another_office() -> None:
    story = told("reported").then("classified", office="shuibosi", public=False)
    assert (story.so_far.office, story.so_far.public) == ("shuibosi", False)
    assert story.then("filed").last.office == "shuibosi"


def test_queueing_hands_a_case_to_the_office_of_its_place_and_shows_nothing() -> None:
    story = told("reported").then("queued_for_clerk", office="shuibosi")
    assert (story.so_far.office, story.last.office, story.so_far.public) == ("shuibosi", "shuibosi", False)
    assert told("reported").then("queued_for_clerk", office=None).so_far.office == "yingbin"


def test_the_key_stands_on_the_first_entry_of_an_append_only() -> None:
    case = a_reported_case()
    change = Change(case.id, AtSeq(case.seq), (example("classified"), example("filed")))
    drafted = draft(case, change, a_speaker(Service.TRIAGE), case.updated_at, new_id, key="triage:1")
    assert isinstance(drafted, Drafted)
    assert [one.entry.key for one in drafted.sealed] == ["triage:1", None]
