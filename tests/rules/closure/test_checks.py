"""The check is independent: who may do it, what it says, and what it says no to."""

from uuid import UUID

import pytest

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.closure import CheckFailed, CheckPassed, CheckPlanned, Closed
from libs.casework.refusal import Why
from libs.casework.vocabulary import Role, Stage, Urgency
from services.closure.rules import decide
from tests.rules.closure.asking import CHECKER, CLERK, refused, said
from tests.support.cases import a_case_at, a_told_case_at, an_actor

RESOLVED = a_case_at(Stage.RESOLVED, acted=("u-1", "publisher:pmc-system"))


def planned(case: Case) -> CheckPlanned:
    (event,) = decide(case)
    assert isinstance(event, CheckPlanned)
    return event


def test_a_reported_work_is_to_be_checked_by_somebody_else() -> None:
    check = planned(a_case_at(Stage.RESOLVED))
    assert (check.role, check.not_unit, check.because) == (Role.CHECKER, "pmc", ("reported_done",))


def test_what_the_checker_should_know_is_named() -> None:
    case = a_case_at(Stage.RESOLVED, urgency=Urgency.EMERGENCY, rework=1, generation=2, public=False)
    assert planned(case).because == (
        "reported_done",
        "emergency",
        "checked_before",
        "reopened_before",
        "private_case",
    )


def test_nothing_is_planned_for_a_case_that_is_not_reported_done() -> None:
    assert decide(a_case_at(Stage.WORKING)) == ()


def test_a_passed_check_closes_the_case() -> None:
    for actor in (CHECKER, CLERK, an_actor(Role.GRID_WORKER), an_actor(Role.SYSTEM)):
        passed, closed = said("pass", RESOLVED, actor, words="现场已清理")
        assert isinstance(passed, CheckPassed)
        assert isinstance(closed, Closed)
        assert passed.words is not None


def test_a_passed_check_needs_evidence() -> None:
    refusal = refused("pass", RESOLVED, CHECKER)
    assert (refusal.code, refusal.field, refusal.attempted) == (Why.INVALID, "evidence", "pass")
    passed, _ = said("pass", RESOLVED, CHECKER, evidence=[UUID(int=3)])
    assert isinstance(passed, CheckPassed)
    assert len(passed.evidence) == 1


@pytest.mark.parametrize("name", ["pass", "fail"])
@pytest.mark.parametrize(
    "actor",
    [
        an_actor(Role.CHECKER, "pmc"),
        an_actor(Role.CHECKER, "dist_sanitation"),
        an_actor(Role.GRID_WORKER, "community"),
        an_actor(Role.SYSTEM, "pmc"),
        Actor(id="u-1", role=Role.CLERK, office="yingbin"),
        Actor(id="publisher:pmc-system", role=Role.SYSTEM, office="yingbin", unit="enforce"),
    ],
    ids=["lead", "helper", "helping grid worker", "system of the lead", "who acted", "system that acted"],
)
def test_whoever_had_the_work_may_not_check_it(name: str, actor: Actor) -> None:
    body = {"words": "好了"} if name == "pass" else {"reason": "not_done"}
    refusal = refused(name, RESOLVED, actor, **body)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_ALLOWED, Stage.RESOLVED, name)
    assert "核查" in refusal.detail


def test_a_clerk_who_reported_it_done_for_the_unit_may_not_check_it() -> None:
    story = a_told_case_at(Stage.RESOLVED)
    assert refused("pass", story.so_far, story.last.actor, words="好了").code is Why.NOT_ALLOWED
    other = Actor(id="clerk-2", role=Role.CLERK, office="yingbin")
    assert said("pass", story.so_far, other, words="好了")


def test_a_failed_check_gives_a_reason_of_the_list_and_items_of_the_plan() -> None:
    case = a_told_case_at(Stage.WORKING).then("planned").then("resolved").so_far
    failed = said("fail", case, CHECKER, reason="half_done", items=["clear"], words="还有垃圾")[0]
    assert isinstance(failed, CheckFailed)
    assert (failed.reason, failed.items) == ("half_done", ("clear",))
    strange = refused("fail", case, CHECKER, reason="ugly")
    assert (strange.field, "half_done" in strange.allowed) == ("reason", True)
    unknown = refused("fail", case, CHECKER, reason="not_done", items=["clear", "paint"])
    assert (unknown.field, unknown.allowed) == ("items", ("dismantle", "clear", "beautify"))


@pytest.mark.parametrize(("name", "attempted"), [("pass", "check_passed.v1"), ("fail", "check_failed.v1")])
@pytest.mark.parametrize("stage", [Stage.WORKING, Stage.CLOSED])
def test_a_check_at_the_wrong_stage_names_it(name: str, attempted: str, stage: Stage) -> None:
    refusal = refused(name, a_case_at(stage), CHECKER, **({} if name == "pass" else {"reason": "ugly"}))
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, attempted)
