"""After closing: patrols, what the resident says of it, taking it up again."""

from typing import Any

import pytest

from libs.casework.case import Case
from libs.casework.events.closure import CalledBack, PatrolPlanned, Rated, Reopened
from libs.casework.refusal import Why
from libs.casework.vocabulary import Role, Stage
from libs.casework.wire import instant
from services.closure.rules import DAY
from tests.rules.closure.asking import BY_RECEIPT, CLERK, RESIDENT, at, refused, said
from tests.support.cases import a_case_at, a_told_case_at, an_actor

CLOSED = a_told_case_at(Stage.CLOSED)
OTHER_CLERK = an_actor().model_copy(update={"id": "clerk-2"})


def closed_at(case: Case) -> int:
    assert case.closed_at is not None
    return case.closed_at


def test_a_patrol_looks_at_the_grid_of_the_case_on_its_days() -> None:
    table, case = at(1_000 * DAY)[0], CLOSED.so_far
    (event,) = said("patrol", case, CLERK, table, every_days=7, times=2)
    dates = (1_007 * DAY, 1_014 * DAY)
    assert event == PatrolPlanned(grid=case.grid, every_days=7, times=2, dates=dates)


def test_the_resident_rates_with_the_receipt() -> None:
    (event,) = said("rate", CLOSED.so_far, RESIDENT, BY_RECEIPT, score=5, solved=True, words="谢谢")
    assert isinstance(event, Rated)
    assert (event.score, event.solved, event.words is not None) == (5, True, True)


def test_a_call_to_the_resident_is_recorded_with_what_they_say_of_it() -> None:
    called, rated = said(
        "call_back", CLOSED.so_far, OTHER_CLERK, reached=True, score=4, solved=True, words="满意"
    )
    assert called == CalledBack(reached=True)
    assert isinstance(rated, Rated)
    assert (rated.score, rated.words is not None) == (4, True)
    (missed,) = said("call_back", CLOSED.so_far, OTHER_CLERK, reached=False, words="无人接听")
    assert isinstance(missed, CalledBack)
    assert (missed.reached, missed.words is not None) == (False, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reached": False, "score": 5, "solved": True}, "score"),
        ({"reached": True, "score": 5}, "solved"),
        ({"reached": True, "solved": True}, "score"),
    ],
)
def test_a_call_that_reached_nobody_or_half_a_rating_says_nothing(body: dict[str, Any], field: str) -> None:
    refusal = refused("call_back", CLOSED.so_far, OTHER_CLERK, **body)
    assert (refusal.code, refusal.field, refusal.stage) == (Why.INVALID, field, Stage.CLOSED)


def test_a_resident_is_not_called_for_ever_and_anew_after_the_next_closing() -> None:
    story = CLOSED
    for _ in range(3):
        assert said("call_back", story.so_far, OTHER_CLERK, reached=False)
        story = story.then("called_back")
    refusal = refused("call_back", story.so_far, OTHER_CLERK, reached=False)
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "call_back")
    assert "3 times" in refusal.detail
    assert story.then("reopened").so_far.calls == 0


def test_who_had_the_work_does_not_ask_how_it_went() -> None:
    for actor in (an_actor(Role.CLERK, "pmc"), CLOSED.last.actor.model_copy(update={"id": "clerk-1"})):
        refusal = refused("call_back", CLOSED.so_far, actor, reached=True)
        assert (refusal.code, refusal.stage) == (Why.NOT_ALLOWED, Stage.CLOSED)
        assert "回访" in refusal.detail


def test_a_case_is_rated_once_for_each_closing() -> None:
    rated = CLOSED.then("rated")
    refusal = refused("rate", rated.so_far, RESIDENT, BY_RECEIPT, score=1, solved=False)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_ALLOWED, Stage.CLOSED, "rate")
    called = refused("call_back", rated.so_far, OTHER_CLERK, reached=True, score=1, solved=False)
    assert (called.code, called.attempted) == (Why.NOT_ALLOWED, "call_back")
    assert said("call_back", rated.so_far, OTHER_CLERK, reached=True)
    again = rated.then("reopened")
    for step in ("dispatched", "accepted", "started", "resolved", "check_passed", "closed"):
        again = again.then(step)
    assert said("rate", again.so_far, RESIDENT, BY_RECEIPT, score=4, solved=True)


@pytest.mark.parametrize(("category", "days"), [("hoarding", 30), ("exposed_garbage", 15)])
def test_a_resident_reopens_up_to_the_last_moment_of_the_categorys_term(category: str, days: int) -> None:
    case = CLOSED.so_far.model_copy(update={"category": category})
    last = closed_at(case) + days * DAY
    (event,) = said("reopen", case, RESIDENT, at(last)[1], reason="came_back")
    assert event == Reopened(reason="came_back")
    late = refused("reopen", case, RESIDENT, at(last + 1)[1], reason="came_back")
    assert (late.code, late.attempted, late.allowed) == (Why.NOT_ALLOWED, "reopen", (Role.CLERK,))
    assert instant(last) in late.detail


def test_the_office_has_a_longer_term_and_is_told_too_when_it_ended() -> None:
    last = closed_at(CLOSED.so_far) + 180 * DAY
    assert said("reopen", CLOSED.so_far, CLERK, at(last)[0], reason="closed_by_mistake")
    for table, actor in zip(at(last + 1), (CLERK, RESIDENT), strict=True):
        late = refused("reopen", CLOSED.so_far, actor, table, reason="came_back")
        assert (late.code, late.allowed) == (Why.NOT_ALLOWED, ("a new report",))
    assert (
        instant(last) in refused("reopen", CLOSED.so_far, CLERK, at(last + 1)[0], reason="came_back").detail
    )


def test_a_resident_may_not_give_a_reason_of_the_office() -> None:
    table = at(closed_at(CLOSED.so_far))[1]
    refusal = refused("reopen", CLOSED.so_far, RESIDENT, table, reason="ordered_by_supervisor")
    assert (refusal.field, refusal.allowed) == ("reason", ("not_solved", "came_back"))
    assert refused("reopen", CLOSED.so_far, RESIDENT, table, reason="so").field == "reason"


@pytest.mark.parametrize(
    ("name", "attempted", "body"),
    [
        ("patrol", "patrol_planned.v1", {"every_days": 7, "times": 1}),
        ("call_back", "called_back.v1", {"reached": True}),
        ("reopen", "reopened.v1", {"reason": "no_such"}),
    ],
)
def test_what_follows_closing_cannot_come_before_it(
    name: str, attempted: str, body: dict[str, object]
) -> None:
    refusal = refused(name, a_case_at(Stage.RESOLVED), CLERK, **body)
    assert (refusal.code, refusal.stage, refusal.attempted) == (
        Why.NOT_THIS_STAGE,
        Stage.RESOLVED,
        attempted,
    )
