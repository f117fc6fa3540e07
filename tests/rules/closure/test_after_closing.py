"""After closing: patrols, what the resident says of it, taking it up again."""

import pytest

from libs.casework.case import Case
from libs.casework.events.closure import PatrolPlanned, Rated, Reopened
from libs.casework.refusal import Why
from libs.casework.vocabulary import Stage
from services.closure.rules import DAY
from tests.rules.closure.asking import BY_RECEIPT, CLERK, RESIDENT, at, refused, said
from tests.support.cases import a_case_at, a_told_case_at

CLOSED = a_told_case_at(Stage.CLOSED)


def closed_at(case: Case) -> int:
    assert case.closed_at is not None
    return case.closed_at


def test_a_patrol_looks_at_the_grid_of_the_case() -> None:
    (event,) = said("patrol", CLOSED.so_far, CLERK, every_days=7, times=4)
    assert event == PatrolPlanned(grid=CLOSED.so_far.grid, every_days=7, times=4)


def test_the_resident_rates_with_the_receipt_and_the_clerk_after_a_call() -> None:
    for table, actor in ((BY_RECEIPT, RESIDENT), (at(0)[0], CLERK)):
        (event,) = said("rate", CLOSED.so_far, actor, table, score=5, solved=True, words="谢谢")
        assert isinstance(event, Rated)
        assert (event.score, event.solved, event.words is not None) == (5, True, True)


def test_a_case_is_rated_once_for_each_closing() -> None:
    rated = CLOSED.then("rated")
    refusal = refused("rate", rated.so_far, RESIDENT, BY_RECEIPT, score=1, solved=False)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_ALLOWED, Stage.CLOSED, "rate")
    again = rated.then("reopened")
    for step in ("dispatched", "accepted", "started", "resolved", "check_passed", "closed"):
        again = again.then(step)
    assert said("rate", again.so_far, RESIDENT, BY_RECEIPT, score=4, solved=True)


def test_a_resident_reopens_up_to_the_last_moment_of_the_term() -> None:
    case = CLOSED.so_far
    last = closed_at(case) + 15 * DAY
    (event,) = said("reopen", case, RESIDENT, at(last)[1], reason="came_back")
    assert event == Reopened(reason="came_back")
    late = refused("reopen", case, RESIDENT, at(last + 1)[1], reason="came_back")
    assert (late.code, late.attempted) == (Why.NOT_ALLOWED, "reopen")
    assert "15 days" in late.detail


def test_a_clerk_is_not_bound_by_the_term() -> None:
    late = at(closed_at(CLOSED.so_far) + 400 * DAY)[0]
    assert said("reopen", CLOSED.so_far, CLERK, late, reason="closed_by_mistake")


def test_a_resident_may_not_give_a_reason_of_the_office() -> None:
    table = at(closed_at(CLOSED.so_far))[1]
    refusal = refused("reopen", CLOSED.so_far, RESIDENT, table, reason="ordered_by_supervisor")
    assert (refusal.field, refusal.allowed) == ("reason", ("not_solved", "came_back"))
    assert refused("reopen", CLOSED.so_far, RESIDENT, table, reason="so").field == "reason"


@pytest.mark.parametrize(
    ("name", "attempted", "body"),
    [
        ("patrol", "patrol_planned.v1", {"every_days": 7, "times": 1}),
        ("rate", "rated.v1", {"score": 3, "solved": True}),
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
