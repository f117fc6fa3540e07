"""A supervisor's order: on any open case, with at most one deadline, answered by whoever has the case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.casework.events.dispatch import AttentionAnswered, AttentionOrdered
from libs.casework.refusal import Why
from libs.casework.vocabulary import OPEN, Role, Stage
from services.dispatch.attention import MOST_ORDERS
from tests.rules.dispatch.asking import CLERK, HELPER, LEAD, NOW, STRANGER, refused, said
from tests.support.cases import Told, a_case_at, a_told_case_at, an_actor

SUPERVISOR = an_actor(Role.SUPERVISOR)
SOON = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=NOW) + timedelta(hours=3)
SOON_US = NOW + 3 * 3600 * 1_000_000


def ordered(times: int = 1, stage: Stage = Stage.WORKING) -> Told:
    story = a_told_case_at(stage)
    for _ in range(times):
        story = story.then("attention_ordered")
    return story


@pytest.mark.parametrize("stage", sorted(OPEN))
def test_it_is_put_on_any_open_case_with_words_and_a_limit(stage: Stage) -> None:
    event = said("attention", a_case_at(stage), SUPERVISOR, words="三日内办结", limit="4 工作时")
    assert isinstance(event, AttentionOrdered)
    assert (event.limit and event.limit.zh, event.due_at, event.words is not None) == ("4 工作时", None, True)


def test_or_with_a_time_or_with_neither() -> None:
    timed, plain = (
        said("attention", a_case_at(Stage.WORKING), SUPERVISOR, **body) for body in ({"due_at": SOON}, {})
    )
    assert isinstance(timed, AttentionOrdered)
    assert isinstance(plain, AttentionOrdered)
    assert (timed.due_at, timed.limit, plain.due_at, plain.limit) == (SOON_US, None, None, None)


def test_not_on_one_that_has_ended() -> None:
    assert refused("attention", a_case_at(Stage.CLOSED), SUPERVISOR).code is Why.NOT_THIS_STAGE


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"limit": "1 工作日", "due_at": SOON}, "due_at", "one deadline"),
        ({"due_at": SOON - timedelta(hours=3)}, "due_at", "lie ahead"),
        ({"due_at": SOON + timedelta(days=3800)}, "due_at", "within ten years"),
        ({"limit": "100 工作日"}, "limit", "no table of rest days for 2027"),
        ({"limit": "1.5 工作日"}, "limit", "whole"),
        ({"limit": "4000 紧急工作日"}, "limit", "more than ten years"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused_by_name(body: dict[str, Any], field: str, words: str) -> None:
    refusal = refused("attention", a_case_at(Stage.WORKING), SUPERVISOR, **body)
    assert (refusal.code, refusal.field, refusal.attempted) == (Why.INVALID, field, "attention")
    assert words in refusal.detail


def test_an_office_without_a_calendar_has_no_limits() -> None:
    case = a_case_at(Stage.WORKING, office="nowhere")
    assert refused("attention", case, SUPERVISOR, limit="1 工作日").field == "limit"


def test_so_many_may_be_open_and_no_more() -> None:
    case = ordered(MOST_ORDERS).so_far
    assert refused("attention", case, SUPERVISOR).allowed == ("answer_attention",)


@pytest.mark.parametrize("actor", [LEAD, CLERK])
def test_whoever_has_the_case_answers_the_only_one_without_naming_it(actor: Any) -> None:
    story = ordered()
    event = said("answer_attention", story.so_far, actor, words="已办结")
    assert isinstance(event, AttentionAnswered)
    assert (event.order, event.words is not None) == (story.last.seq, True)


@pytest.mark.parametrize("actor", [HELPER, STRANGER])
def test_others_may_not(actor: Any) -> None:
    assert refused("answer_attention", ordered().so_far, actor, words="已办结").code is Why.NOT_ALLOWED


def test_before_a_unit_has_it_the_clerk_answers() -> None:
    assert isinstance(
        said("answer_attention", ordered(1, Stage.FILED).so_far, CLERK, words="即办"), AttentionAnswered
    )


def test_of_several_it_is_said_which() -> None:
    story = ordered(2)
    refusal = refused("answer_attention", story.so_far, LEAD, words="已办结")
    assert (refusal.field, refusal.allowed) == ("order", (str(story.last.seq - 1), str(story.last.seq)))
    assert refused("answer_attention", story.so_far, LEAD, words="已办结", order=1).field == "order"
    event = said("answer_attention", story.so_far, LEAD, words="已办结", order=story.last.seq)
    assert isinstance(event, AttentionAnswered)
    assert event.order == story.last.seq


def test_an_answer_says_something_and_answers_something() -> None:
    assert refused("answer_attention", ordered().so_far, LEAD).field == "words"
    nothing = refused("answer_attention", a_case_at(Stage.WORKING), LEAD, words="已办结")
    assert (nothing.code, nothing.allowed) == (Why.NOT_THIS_STAGE, ("attention",))


def test_an_order_is_open_until_its_answer_or_the_end_of_the_case() -> None:
    story = ordered(2)
    answered = story.then("attention_answered", order=story.last.seq)
    assert [each.order for each in answered.so_far.orders] == [story.last.seq - 1]
    again = answered.then("attention_answered", order=story.last.seq)
    assert again.so_far.orders == answered.so_far.orders
    assert ordered(1, Stage.REPORTED).then("rejected").so_far.orders == ()
