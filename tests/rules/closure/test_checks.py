"""The check is independent: who may do it, what it says point by point, and what it says no to."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.entry import Actor
from libs.casework.events.closure import CheckFailed, CheckPassed, Closed, PatrolPlanned, Point
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage
from tests.rules.closure.asking import CHECKER, CLERK, a_policy, all_hold, ask, refused, said
from tests.support.cases import a_case_at, a_told_case_at, an_actor

RESOLVED = a_case_at(Stage.RESOLVED, acted=("u-1", "publisher:pmc-system"))
UNLISTED = RESOLVED.model_copy(update={"category": "exposed_garbage"})


def answered(**answers: str) -> list[dict[str, str]]:
    """Every point of the hoarding's list holds, but for those named."""
    return [each | {"answer": answers.get(each["point"], each["answer"])} for each in all_hold()]


def test_a_passed_check_closes_the_case_and_plans_the_patrols_of_its_category() -> None:
    for actor in (CHECKER, CLERK, an_actor(Role.GRID_WORKER), an_actor(Role.SYSTEM)):
        passed, closed, patrols = said("pass", RESOLVED, actor, words="现场已清理", points=all_hold())
        assert isinstance(passed, CheckPassed)
        assert (closed, passed.words is not None) == (Closed(), True)
        assert isinstance(patrols, PatrolPlanned)
        assert (patrols.every_days, patrols.times, len(patrols.dates)) == (7, 4, 4)


def test_a_category_without_a_list_and_without_patrols_is_passed_with_words() -> None:
    passed, closed = said("pass", UNLISTED, CHECKER, words="已清运")
    assert isinstance(passed, CheckPassed)
    assert (passed.points, passed.checklist, closed) == ((), None, Closed())


def test_a_passed_check_needs_evidence() -> None:
    refusal = refused("pass", RESOLVED, CHECKER, points=all_hold())
    assert (refusal.code, refusal.field, refusal.attempted) == (Why.INVALID, "evidence", "pass")
    passed, *_ = said("pass", RESOLVED, CHECKER, evidence=[UUID(int=3)], points=all_hold())
    assert isinstance(passed, CheckPassed)
    assert len(passed.evidence) == 1


def test_answers_and_their_remarks_are_recorded_with_the_version_of_the_list() -> None:
    points = answered(ho01="na")
    points[1]["remark"] = "接缝已焊"
    passed = said("pass", RESOLVED, CHECKER, words="好", points=points)[0]
    assert isinstance(passed, CheckPassed)
    assert passed.checklist == "2026-11-25"
    assert [each.answer for each in passed.points[:2]] == [Point.NOT_APPLICABLE, Point.YES]
    assert [each.remark is not None for each in passed.points[:3]] == [False, True, False]
    assert passed.words != passed.points[1].remark


@pytest.mark.parametrize(
    ("points", "named"),
    [
        ([], "ho01 高度 (not answered)"),
        (answered(ho03="no"), "ho03 稳固 (no)"),
        ([each for each in all_hold() if each["point"] != "ho11"], "ho11 拆后清场 (not answered)"),
        (answered(**{each["point"]: "na" for each in all_hold()}), "seen to hold"),
        ([*all_hold(), {"point": "zz99", "answer": "yes"}], "no point zz99"),
        ([*all_hold(), *all_hold()], "answered twice"),
    ],
    ids=["none", "one does not hold", "one is missing", "nothing applies", "unknown", "twice"],
)
def test_a_check_passes_only_when_every_required_point_holds(
    points: list[dict[str, str]], named: str
) -> None:
    refusal = refused("pass", RESOLVED, CHECKER, words="好", points=points)
    assert (refusal.code, refusal.field, refusal.stage) == (Why.INVALID, "points", Stage.RESOLVED)
    assert named in refusal.detail


@given(st.lists(st.sampled_from([None, *Point]), min_size=10, max_size=10))
def test_whatever_is_answered_a_pass_means_that_every_required_point_was_seen_or_does_not_apply(
    answers: list[Point | None],
) -> None:
    asked = a_policy().checklists.of("hoarding").points
    given_answers = dict(zip((point.id for point in asked), answers, strict=True))
    points = [{"point": each, "answer": answer} for each, answer in given_answers.items() if answer]
    outcome = ask("pass", RESOLVED, CHECKER, words="好", points=points)
    required = [given_answers[point.id] for point in asked if point.required]
    holds = all(each in (Point.YES, Point.NOT_APPLICABLE) for each in required) and Point.YES in required
    assert isinstance(outcome, Refusal) is not holds


def test_advice_does_not_hold_a_case_open() -> None:
    assert said("pass", RESOLVED, CHECKER, words="好", points=answered(ho05="no", ho06="no"))


@pytest.mark.parametrize(
    ("before", "after", "missing"),
    [(False, True, "处置前"), (True, False, "处置后"), (False, False, "处置前")],
)
def test_photos_of_before_and_after_have_to_be_there_or_missed_for_a_reason(
    before: bool, after: bool, missing: str
) -> None:
    case = RESOLVED.model_copy(update={"before_shown": before, "after_shown": after})
    refusal = refused("pass", case, CHECKER, words="好", points=all_hold())
    assert (refusal.field, refusal.allowed) == ("evidence", ("evidence", "no_photo"))
    assert missing in refusal.detail
    body = {"words": "好", "points": all_hold(), "no_photo": "电话上报，未拍照"}
    passed = said("pass", case, CHECKER, **body)[0]
    assert isinstance(passed, CheckPassed)
    assert passed.no_photo not in (None, passed.words)


def test_the_checkers_own_photo_shows_how_it_is_after() -> None:
    case = RESOLVED.model_copy(update={"after_shown": False})
    assert said("pass", case, CHECKER, evidence=[UUID(int=3)], points=all_hold())


@pytest.mark.parametrize("name", ["pass", "fail", "assign_check"])
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
def test_whoever_had_the_work_may_neither_check_it_nor_say_who_does(name: str, actor: Actor) -> None:
    body = {"pass": {"words": "好了"}, "fail": {"reason": "not_done"}, "assign_check": {}}[name]
    if name == "assign_check":
        actor = actor.model_copy(update={"role": Role.CLERK})
    refusal = refused(name, RESOLVED, actor, **body)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_ALLOWED, Stage.RESOLVED, name)
    assert "核查" in refusal.detail


def test_a_clerk_who_reported_it_done_for_the_unit_may_not_check_it() -> None:
    story = a_told_case_at(Stage.RESOLVED)
    body = {"words": "好了", "points": all_hold()}
    assert refused("pass", story.so_far, story.last.actor, **body).code is Why.NOT_ALLOWED
    other = Actor(id="clerk-2", role=Role.CLERK, office="yingbin")
    assert said("pass", story.so_far, other, **body)


@pytest.mark.parametrize("name", ["pass", "fail"])
def test_once_somebody_was_chosen_nobody_else_of_the_office_checks(name: str) -> None:
    case = RESOLVED.model_copy(update={"checker": "c-1"})
    body = {"words": "好", "points": all_hold()} if name == "pass" else {"reason": "no_evidence"}
    for actor in (CHECKER, CLERK, an_actor(Role.GRID_WORKER)):
        refusal = refused(name, case, actor, **body)
        assert (refusal.code, refusal.allowed) == (Why.NOT_ALLOWED, ("c-1", "assign_check"))
        assert "given to c-1" in refusal.detail
    chosen = Actor(id="c-1", role=Role.CHECKER, office="yingbin")
    for able in (chosen, an_actor(Role.SYSTEM)):
        assert said(name, case, able, **body)


def test_a_failed_check_gives_a_reason_of_the_list_items_of_the_plan_and_the_points() -> None:
    case = a_told_case_at(Stage.WORKING).then("planned").then("resolved").so_far
    points = [{"point": "ho11", "answer": "no", "remark": "还有铁件"}, {"point": "ho03", "answer": "yes"}]
    failed = said(
        "fail", case, CHECKER, reason="half_done", items=["clear"], words="还有垃圾", points=points
    )[0]
    assert isinstance(failed, CheckFailed)
    assert (failed.reason, failed.items) == ("half_done", ("clear",))
    assert [(each.point, each.answer) for each in failed.points] == [("ho11", "no"), ("ho03", "yes")]
    strange = refused("fail", case, CHECKER, reason="ugly")
    assert (strange.field, "half_done" in strange.allowed) == ("reason", True)
    unknown = refused("fail", case, CHECKER, reason="not_done", items=["clear", "paint"])
    assert (unknown.field, unknown.allowed) == ("items", ("dismantle", "clear", "beautify"))


def test_a_failed_check_names_points_unless_it_is_about_the_evidence_or_there_is_no_list() -> None:
    refusal = refused("fail", RESOLVED, CHECKER, reason="half_done", points=all_hold())
    assert (refusal.field, "ho11" in refusal.allowed) == ("points", True)
    assert said("fail", RESOLVED, CHECKER, reason="evidence_not_matching")
    assert said("fail", UNLISTED, CHECKER, reason="half_done")


@pytest.mark.parametrize(("name", "attempted"), [("pass", "check_passed.v1"), ("fail", "check_failed.v1")])
@pytest.mark.parametrize("stage", [Stage.WORKING, Stage.CLOSED])
def test_a_check_at_the_wrong_stage_names_it(name: str, attempted: str, stage: Stage) -> None:
    refusal = refused(name, a_case_at(stage), CHECKER, **({} if name == "pass" else {"reason": "ugly"}))
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, attempted)


def test_a_remark_keeps_to_one_line() -> None:
    with pytest.raises(ValueError, match="200 characters"):
        ask(
            "pass",
            RESOLVED,
            CHECKER,
            words="好",
            points=[{"point": "ho01", "answer": "yes", "remark": "很" * 201}],
        )
