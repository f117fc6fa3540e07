"""More time for a clock: who may ask, who answers, and how much the policy allows."""

from typing import Any

import pytest

from libs.casework.calendar import parse_amount
from libs.casework.entry import Actor
from libs.casework.events.dispatch import Extended, ExtensionAsked, ExtensionRefused
from libs.casework.events.model import Event
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage
from libs.stages.commands import Sealed
from tests.rules.dispatch.asking import CLERK, HELPER, LEAD, STRANGER, TABLE, said
from tests.rules.dispatch.asking import refused as refused_without_log
from tests.support.cases import Told, a_content, a_told_case_at, an_actor

SUPERVISOR = an_actor(Role.SUPERVISOR)
WORKING = a_told_case_at(Stage.WORKING)
ASKED = WORKING.then("extension_asked", clock="resolution", by=parse_amount("2 工作日"))
WISH = {"clock": "resolution", "by": "2 工作日", "reason": "materials"}


def decide(name: str, story: Told, actor: Actor, **body: Any) -> tuple[Event, ...] | Refusal:
    kind = TABLE[name]
    assert actor.role in kind.roles, "the door would have refused"
    asked = kind.body.model_validate(body)
    sealed = Sealed(tuple(a_content(text.kind) for text in asked.texts()))
    log = [one.entry for one in story.log]
    return kind.decide(story.so_far, actor, asked, sealed, log)


def one(*args: Any, **body: Any) -> Event:
    answer = decide(*args, **body)
    assert not isinstance(answer, Refusal), answer
    (event,) = answer
    return event


def refused(*args: Any, **body: Any) -> Refusal:
    answer = decide(*args, **body)
    assert isinstance(answer, Refusal), answer
    return answer


def test_the_lead_unit_asks_for_so_much_with_a_reason_and_words() -> None:
    asked = one("ask_extension", WORKING, LEAD, **WISH, words="材料未到")
    assert isinstance(asked, ExtensionAsked)
    assert (asked.clock, asked.by.zh, asked.reason, asked.words is not None) == (
        "resolution",
        "2 工作日",
        "materials",
        True,
    )
    assert isinstance(one("ask_extension", WORKING, CLERK, **WISH), ExtensionAsked)


@pytest.mark.parametrize("actor", [HELPER, STRANGER])
def test_others_may_not_ask_in_its_place(actor: Actor) -> None:
    refusal = refused("ask_extension", WORKING, actor, **WISH)
    assert (refusal.code, refusal.stage, refusal.attempted) == (
        Why.NOT_ALLOWED,
        Stage.WORKING,
        "ask_extension",
    )


@pytest.mark.parametrize(
    ("instead", "field", "said"),
    [
        ({"reason": "tired"}, "reason", "tired is no reason"),
        ({"clock": "item:paint"}, "clock", "no clock item:paint"),
        ({"clock": "response"}, "by", "only a running clock"),
        ({"clock": "acceptance"}, "by", "only a running clock"),
        ({"by": "11 工作日"}, "by", "more than policy 2026-11 allows at once: 10 工作日"),
        ({"by": "90 工作日"}, "by", "no table of rest days for 2027"),
    ],
)
def test_what_the_policy_does_not_allow_is_not_even_asked_for(
    instead: dict[str, str], field: str, said: str
) -> None:
    refusal = refused("ask_extension", WORKING, LEAD, **(WISH | instead))
    assert (refusal.field, refusal.attempted, refusal.stage) == (field, "ask_extension", Stage.WORKING)
    assert said in refusal.detail


def test_the_clocks_that_there_are_stand_in_the_refusal() -> None:
    allowed = refused("ask_extension", WORKING, LEAD, **(WISH | {"clock": "item:paint"})).allowed
    assert {"resolution", "case"} <= set(allowed)


def test_a_supervisor_gives_what_was_asked_for_or_less() -> None:
    given = one("extend", ASKED, SUPERVISOR, words="同意")
    assert isinstance(given, Extended)
    assert (given.approver, given.clock, given.by.zh, given.reason) == (
        SUPERVISOR.id,
        "resolution",
        "2 工作日",
        ASKED.so_far.asked.reason,  # type: ignore[union-attr]
    )
    less = one("extend", ASKED, SUPERVISOR, by="1 工作日")
    assert isinstance(less, Extended)
    assert less.by.zh == "1 工作日"


def test_nobody_approves_what_they_asked_for_themselves() -> None:
    assert ASKED.so_far.asked
    asker = replace_id(SUPERVISOR, ASKED.so_far.asked.by)
    refusal = refused("extend", ASKED, asker)
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "extend")
    assert "who asked" in refusal.detail


def test_only_what_was_asked_for_is_given_or_refused() -> None:
    for command in ("extend", "refuse_extension"):
        story = WORKING.then("suspension_asked")
        answer = refused("extend", story, SUPERVISOR) if command == "extend" else None
        answer = answer or refused_without_log(command, story.so_far, SUPERVISOR)
        assert (answer.code, answer.allowed) == (Why.NOT_THIS_STAGE, ("ask_extension",))
    assert isinstance(said("refuse_extension", ASKED.so_far, SUPERVISOR, words="期限足够"), ExtensionRefused)


def test_an_extension_is_no_answer_to_a_suspension_that_was_asked_for() -> None:
    refusal = refused_without_log("refuse_suspension", ASKED.so_far, SUPERVISOR)
    assert refusal.allowed == ("suspend",)
    assert refused_without_log("suspend", ASKED.so_far, SUPERVISOR).field == "reason"


def test_what_was_asked_for_is_judged_again_when_it_is_given() -> None:
    story = WORKING
    for _ in range(2):
        story = story.then("extended", by=parse_amount("1 工作日"))
    asked = story.then("extension_asked", clock="resolution", by=parse_amount("1 工作日"))
    refusal = refused("extend", asked, SUPERVISOR)
    assert "was extended 2 times; policy 2026-11 allows 2" in refusal.detail
    assert refused("extend", ASKED, SUPERVISOR, by="11 工作日").field == "by"


def test_what_was_asked_for_stands_in_the_case_until_it_is_answered() -> None:
    assert ASKED.so_far.awaits.person is Role.SUPERVISOR
    for step in ("extended", "extension_refused"):
        answered = ASKED.then(step).so_far
        assert (answered.asked, answered.awaits.person) == (None, Role.UNIT_WORKER)
    assert ASKED.then("resolved").so_far.asked is None


def test_no_clock_is_extended_before_a_unit_has_it_or_after_the_end() -> None:
    for stage in (Stage.FILED, Stage.SUSPENDED, Stage.CLOSED):
        assert refused("ask_extension", a_told_case_at(stage), CLERK, **WISH).code is Why.NOT_THIS_STAGE


def replace_id(actor: Actor, name: str) -> Actor:
    return actor.model_copy(update={"id": name})


@pytest.mark.parametrize("more", ["3 工作日", "1 紧急工作日", "12 工作时"])
def test_no_more_is_given_than_was_asked_for_and_not_in_another_unit(more: str) -> None:
    refusal = refused("extend", ASKED, SUPERVISOR, by=more)
    assert (refusal.code, refusal.field) == (Why.NOT_ALLOWED, "by")
    assert "2 工作日" in refusal.detail
