"""A unit's appeal against a return, a failed check or an overdue mark: who may, about what, until when, and who decides."""

from typing import Any

import pytest

from libs.casework.entry import Actor
from libs.casework.events.appeals import AppealDecided, Appealed, Mark
from libs.casework.events.model import Event
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage
from libs.stages.commands import Sealed
from services.dispatch.appealing import MOST_APPEALS
from services.dispatch.commands import command_table
from services.dispatch.rules import Policy
from tests.rules.dispatch.asking import LEAD, STRANGER
from tests.rules.dispatch.policies import a_policy
from tests.support.cases import MINUTE, Told, a_content, a_told_case_at, an_actor, told

DAY = 24 * 60 * MINUTE
JUDGE = Actor(id="s-9", role=Role.SUPERVISOR, office="yingbin")
RETURNED = told("reported classified filed dispatched returned dispatched accepted")
FAILED = a_told_case_at(Stage.RESOLVED).then("check_planned").then("check_failed")
OVERDUE = a_told_case_at(Stage.WORKING).then("deadline_breached")
MARKED = {Mark.RETURN: RETURNED, Mark.REWORK: FAILED, Mark.OVERDUE: OVERDUE}
WHY = {"reason": "done_in_time", "words": "见照片"}


def decide(name: str, story: Told, actor: Actor, now: int | None = None, **body: Any) -> Any:
    kind = command_table(a_policy(), lambda: now or story.at)[name]
    assert actor.role in kind.roles, "the door would have refused"
    asked = kind.body.model_validate(body)
    sealed = Sealed(tuple(a_content(text.kind) for text in asked.texts()))
    return kind.decide(story.so_far, actor, asked, sealed, [one.entry for one in story.log])


def one(*args: Any, **body: Any) -> Event:
    answer = decide(*args, **body)
    assert not isinstance(answer, Refusal), answer
    (event,) = answer
    return event


def refused(*args: Any, **body: Any) -> Refusal:
    answer = decide(*args, **body)
    assert isinstance(answer, Refusal), answer
    return answer


def appealed(mark: Mark) -> Told:
    return MARKED[mark].then(one("appeal", MARKED[mark], LEAD, mark=mark, **WHY))


@pytest.mark.parametrize(
    ("mark", "event"),
    [
        (Mark.RETURN, "returned.v1"),
        (Mark.REWORK, "check_failed.v1"),
        (Mark.OVERDUE, "deadline_breached.v1"),
    ],
)
def test_the_unit_appeals_against_each_kind_of_mark(mark: Mark, event: str) -> None:
    story = MARKED[mark]
    said = one("appeal", story, LEAD, mark=mark, **WHY)
    assert isinstance(said, Appealed)
    marked = next(each.entry for each in story.log if each.entry.seq == said.entry)
    assert (marked.type, said.unit, said.reason, said.words is not None) == (
        event,
        "pmc",
        "done_in_time",
        True,
    )
    system = an_actor(Role.SYSTEM, "pmc")
    assert isinstance(one("appeal", story, system, mark=mark, reason="done_well"), Appealed)


@pytest.mark.parametrize("upheld", [True, False])
@pytest.mark.parametrize("mark", Mark)
def test_somebody_without_a_part_decides_and_the_case_shows_it(mark: Mark, upheld: bool) -> None:
    story = appealed(mark)
    (waiting,) = story.so_far.appeals
    assert (waiting.mark, waiting.unit, waiting.upheld) == (mark, "pmc", None)
    said = one("decide_appeal", story, JUDGE, upheld=upheld, reason="proved", words="已核实")
    assert isinstance(said, AppealDecided)
    assert said.appeal == waiting.appeal == story.last.seq
    after = story.then(said).so_far
    assert after.appeals == (waiting.model_copy(update={"upheld": upheld}),)
    assert (after.stage, after.rev) == (story.so_far.stage, story.so_far.rev)


def test_another_unit_and_the_one_that_leads_now_may_not_appeal() -> None:
    handed = RETURNED.then("started").then("handed_over", lead="enforce")
    for story, actor in ((RETURNED, STRANGER), (handed, STRANGER)):
        refusal = refused("appeal", story, actor, mark="return", **WHY)
        assert (refusal.code, refusal.attempted, refusal.allowed) == (Why.NOT_ALLOWED, "appeal", ("pmc",))
    assert isinstance(one("appeal", handed, LEAD, mark="return", **WHY), Appealed)


def test_what_passed_while_nobody_led_counts_against_nobody() -> None:
    idle = told("reported classified filed dispatched returned deadline_breached")
    refusal = refused("appeal", idle, LEAD, mark="overdue", **WHY)
    assert (refusal.code, refusal.stage) == (Why.NOT_ALLOWED, Stage.FILED)
    assert "nobody" in refusal.detail


def test_without_such_a_mark_there_is_nothing_to_appeal_against() -> None:
    refusal = refused("appeal", RETURNED, LEAD, mark="overdue", **WHY)
    assert (refusal.code, refusal.stage, refusal.allowed) == (
        Why.NOT_THIS_STAGE,
        Stage.ACCEPTED,
        ("return",),
    )
    wrong = refused("appeal", RETURNED, LEAD, mark="return", entry=2, **WHY)
    assert (wrong.code, wrong.field, wrong.allowed) == (Why.INVALID, "entry", ("5",))
    strange = refused("appeal", RETURNED, LEAD, mark="return", reason="unfair")
    assert (strange.field, "done_in_time" in strange.allowed) == ("reason", True)


@pytest.mark.parametrize("upheld", [None, True, False])
def test_a_mark_is_appealed_against_once(upheld: bool | None) -> None:
    story = appealed(Mark.RETURN)
    if upheld is not None:
        story = story.then(one("decide_appeal", story, JUDGE, upheld=upheld, reason="proved"))
    refusal = refused("appeal", story, LEAD, mark="return", **WHY)
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "appeal")
    assert "already" in refusal.detail


def test_an_appeal_comes_within_its_term() -> None:
    marked = RETURNED.log[4].entry
    last = marked.at + 7 * DAY
    assert one("appeal", RETURNED, LEAD, last, mark="return", **WHY)
    refusal = refused("appeal", RETURNED, LEAD, last + 1, mark="return", **WHY)
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "appeal")
    assert "ended on 2026-11-13" in refusal.detail


def test_a_case_bears_so_many_appeals() -> None:
    story = RETURNED
    for _ in range(MOST_APPEALS):
        story = story.then("appealed")
    full = story.then("deadline_breached")
    refusal = refused("appeal", full, LEAD, mark="overdue", **WHY)
    assert (refusal.code, str(MOST_APPEALS) in refusal.detail) == (Why.NOT_ALLOWED, True)


@pytest.mark.parametrize(
    "judge",
    [
        Actor(id="clerk-1", role=Role.SUPERVISOR, office="yingbin"),
        Actor(id="s-9", role=Role.SUPERVISOR, office="yingbin", unit="pmc"),
    ],
    ids=["who said something about it", "who belongs to the unit"],
)
def test_who_has_a_part_in_the_case_does_not_decide(judge: Actor) -> None:
    refusal = refused("decide_appeal", appealed(Mark.RETURN), judge, upheld=True, reason="proved")
    assert (refusal.code, refusal.stage, refusal.attempted) == (
        Why.NOT_ALLOWED,
        Stage.ACCEPTED,
        "decide_appeal",
    )
    assert Role.ADMINISTRATOR in refusal.allowed


def test_a_look_is_no_part() -> None:
    story = appealed(Mark.RETURN).then("content_viewed")
    seen = story.last.model_copy(update={"actor": JUDGE})
    log = [*(each.entry for each in story.log[:-1]), seen]
    kind = command_table(a_policy(), lambda: story.at)["decide_appeal"]
    body = kind.body.model_validate({"upheld": True, "reason": "proved"})
    assert not isinstance(kind.decide(story.so_far, JUDGE, body, Sealed(), log), Refusal)


def test_only_what_waits_is_decided_and_the_right_one() -> None:
    nothing = refused("decide_appeal", RETURNED, JUDGE, upheld=True, reason="proved")
    assert (nothing.code, nothing.stage, nothing.allowed) == (
        Why.NOT_THIS_STAGE,
        Stage.ACCEPTED,
        ("appeal",),
    )
    two = RETURNED.then("appealed").then("appealed", entry=4)
    unclear = refused("decide_appeal", two, JUDGE, upheld=True, reason="proved")
    assert (unclear.field, unclear.allowed) == (
        "appeal",
        tuple(str(each.appeal) for each in two.so_far.appeals),
    )
    named = two.so_far.appeals[1].appeal
    said = one("decide_appeal", two, JUDGE, upheld=False, reason="not_proved", appeal=named)
    assert isinstance(said, AppealDecided)
    assert said.appeal == named
    strange = refused("decide_appeal", two, JUDGE, upheld=True, reason="so", appeal=named)
    assert (strange.field, "rule_stands" in strange.allowed) == ("reason", True)


@pytest.mark.parametrize("stage", [Stage.REPORTED, Stage.REJECTED])
def test_before_a_case_is_filed_there_are_no_appeals(stage: Stage) -> None:
    refusal = refused("appeal", a_told_case_at(stage), LEAD, mark="return", **WHY)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "appealed.v1")


def test_the_policy_has_the_term() -> None:
    policy: Policy = a_policy()
    assert policy.appeals.within_days.value == 7
