"""When the work cannot go on: who may ask, who answers, and what the answer takes over from what was asked."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.casework.calendar.amount import DAY
from libs.casework.events.dispatch import (
    HandedOver,
    ResidentAnswered,
    ResidentAwaited,
    Resumed,
    Suspended,
    SuspensionAsked,
    SuspensionRefused,
    SuspensionReviewed,
)
from libs.casework.refusal import Why
from libs.casework.vocabulary import Role, Stage
from tests.rules.dispatch.asking import HELPER, LEAD, NOW, STRANGER, refused, said
from tests.support.cases import a_case_at, a_told_case_at, an_actor

WORKING = a_case_at(Stage.WORKING)
SUPERVISOR = an_actor(Role.SUPERVISOR)
SOON = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=NOW) + timedelta(days=3)
SOON_US = NOW + 3 * 24 * 3600 * 1_000_000


def test_the_lead_unit_asks_with_a_reason_words_and_a_day_to_look_again() -> None:
    asked = said("ask_suspension", WORKING, LEAD, reason="permit", words="等待占道许可", until=SOON)
    assert isinstance(asked, SuspensionAsked)
    assert (asked.reason, asked.until, asked.words is not None) == ("permit", SOON_US, True)


def test_others_may_not_ask_in_its_place() -> None:
    for actor in (HELPER, STRANGER):
        refusal = refused("ask_suspension", WORKING, actor, reason="permit")
        assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "ask_suspension")


@pytest.mark.parametrize(("command", "actor"), [("ask_suspension", LEAD), ("suspend", SUPERVISOR)])
def test_a_reason_must_be_of_the_list(command: str, actor: object) -> None:
    refusal = refused(command, WORKING, actor, reason="no_wish")
    assert (refusal.code, refusal.field, refusal.stage) == (Why.INVALID, "reason", Stage.WORKING)
    assert "weather" in refusal.allowed


def test_who_suspends_unasked_gives_a_reason() -> None:
    refusal = refused("suspend", WORKING, SUPERVISOR)
    assert (refusal.field, "weather" in refusal.allowed) == ("reason", True)


def test_a_day_to_look_again_that_is_over_is_not_taken_over() -> None:
    asked = a_told_case_at(Stage.WORKING).then("suspension_asked", reason="budget", until=NOW).so_far
    assert refused("suspend", asked, SUPERVISOR).field == "until"
    approved = said("suspend", asked, SUPERVISOR, until=SOON)
    assert isinstance(approved, Suspended)
    assert approved.until == SOON_US


def test_the_day_to_look_again_lies_ahead() -> None:
    past = SOON - timedelta(days=3)
    refusal = refused("suspend", WORKING, SUPERVISOR, reason="weather", until=past)
    assert (refusal.field, refusal.attempted) == ("until", "suspend")


def test_an_approval_takes_over_what_was_asked() -> None:
    asked = a_told_case_at(Stage.WORKING).then("suspension_asked", reason="budget", until=SOON_US).so_far
    approved = said("suspend", asked, SUPERVISOR)
    assert isinstance(approved, Suspended)
    assert (approved.reason, approved.until, approved.approver) == ("budget", SOON_US, SUPERVISOR.id)


def test_a_supervisor_may_approve_something_else_than_what_was_asked() -> None:
    asked = a_told_case_at(Stage.WORKING).then("suspension_asked", reason="budget", until=None).so_far
    approved = said("suspend", asked, SUPERVISOR, reason="permit", until=SOON)
    assert isinstance(approved, Suspended)
    assert (approved.reason, approved.until) == ("permit", SOON_US)


def test_nobody_approves_the_pause_that_they_asked_for_themselves_whatever_reason_they_give() -> None:
    asked = a_told_case_at(Stage.WORKING).then("suspension_asked", reason="budget", until=SOON_US).so_far
    assert asked.asked
    asker = SUPERVISOR.model_copy(update={"id": asked.asked.by})
    for body in ({}, {"reason": "permit", "until": SOON}):
        refusal = refused("suspend", asked, asker, **body)
        assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "suspend")
        assert "who asked" in refusal.detail
    assert isinstance(said("suspend", WORKING, asker, reason="permit"), Suspended)


def test_who_asked_for_more_time_may_still_suspend_unasked() -> None:
    asked = a_told_case_at(Stage.WORKING).then("extension_asked").so_far
    assert asked.asked
    asker = SUPERVISOR.model_copy(update={"id": asked.asked.by})
    assert isinstance(said("suspend", asked, asker, reason="permit"), Suspended)


def test_only_what_was_asked_can_be_refused() -> None:
    refusal = refused("refuse_suspension", WORKING, SUPERVISOR)
    assert (refusal.code, refusal.stage, refusal.allowed) == (
        Why.NOT_THIS_STAGE,
        Stage.WORKING,
        ("suspend",),
    )
    asked = a_told_case_at(Stage.WORKING).then("suspension_asked").so_far
    assert isinstance(said("refuse_suspension", asked, SUPERVISOR, words="雨已停"), SuspensionRefused)


def test_the_lead_or_a_supervisor_takes_the_work_up_again() -> None:
    suspended = a_case_at(Stage.SUSPENDED)
    for actor in (LEAD, SUPERVISOR, an_actor(Role.CLERK)):
        assert isinstance(said("resume", suspended, actor), Resumed)
    assert refused("resume", suspended, STRANGER).code is Why.NOT_ALLOWED
    assert refused("resume", WORKING, LEAD).code is Why.NOT_THIS_STAGE


def test_the_office_hands_open_work_over_to_another_unit_that_exists() -> None:
    handed = said("hand_over", WORKING, lead="enforce", reason="owner_found", words="产权属城管")
    assert isinstance(handed, HandedOver)
    assert (handed.lead, handed.reason, handed.words is not None) == ("enforce", "owner_found", True)
    assert refused("hand_over", WORKING, lead="nobody", reason="owner_found").field == "lead"
    assert "already" in refused("hand_over", WORKING, lead="pmc", reason="owner_found").detail
    assert refused("hand_over", WORKING, lead="enforce", reason="weather").field == "reason"
    assert refused("hand_over", a_case_at(Stage.SUSPENDED), lead="enforce", reason="ruling").code is (
        Why.NOT_THIS_STAGE
    )


def test_the_lead_says_that_it_waits_for_the_resident_and_that_the_resident_has_answered() -> None:
    waits = said("await_resident", WORKING, LEAD, words="家中无人")
    assert isinstance(waits, ResidentAwaited)
    assert waits.words is not None
    assert isinstance(said("resident_answered", WORKING, LEAD), ResidentAnswered)
    for command in ("await_resident", "resident_answered"):
        assert refused(command, WORKING, STRANGER).code is Why.NOT_ALLOWED
    assert refused("await_resident", a_case_at(Stage.SUSPENDED), LEAD).code is Why.NOT_THIS_STAGE


def test_without_a_day_it_is_looked_at_again_as_the_policy_has_it() -> None:
    held = said("suspend", WORKING, SUPERVISOR, reason="budget")
    assert isinstance(held, Suspended)
    assert held.until == NOW + 14 * DAY


@pytest.mark.parametrize("command", ["ask_suspension", "suspend"])
def test_nothing_is_put_off_for_longer_than_the_policy_allows(command: str) -> None:
    actor = LEAD if command == "ask_suspension" else SUPERVISOR
    refusal = refused(command, WORKING, actor, reason="budget", until=SOON + timedelta(days=88))
    assert (refusal.field, refusal.attempted) == ("until", command)
    assert "later than 90 days from now" in refusal.detail
    assert refusal.allowed[0].startswith("up to 2027-02-04T")
    assert said(command, WORKING, actor, reason="budget", until=SOON + timedelta(days=87))


def test_who_looks_again_sets_the_next_day() -> None:
    suspended = a_told_case_at(Stage.SUSPENDED)
    reviewed = said("review_suspension", suspended.so_far, SUPERVISOR, until=SOON, words="仍需等待")
    assert isinstance(reviewed, SuspensionReviewed)
    assert (reviewed.until, reviewed.words is not None) == (SOON_US, True)
    usual = said("review_suspension", suspended.so_far, SUPERVISOR)
    assert isinstance(usual, SuspensionReviewed)
    assert usual.until == NOW + 14 * DAY
    late = refused("review_suspension", suspended.so_far, SUPERVISOR, until=SOON + timedelta(days=90))
    assert (late.field, late.attempted) == ("until", "review_suspension")
    assert refused("review_suspension", WORKING, SUPERVISOR).code is Why.NOT_THIS_STAGE


def test_the_case_tells_why_it_waits_and_until_when() -> None:
    story = a_told_case_at(Stage.WORKING).then("suspended", reason="budget", until=SOON_US)
    held = story.so_far.suspended
    assert held is not None
    assert (held.reason, held.since, held.until) == ("budget", story.at, SOON_US)
    reviewed = story.then("suspension_reviewed", until=SOON_US + DAY).so_far
    assert reviewed.suspended == held.model_copy(update={"until": SOON_US + DAY})
    assert story.then("resumed").so_far.suspended is None
