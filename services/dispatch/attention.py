"""A supervisor's order to look after a case (督办), and its answer. Pure."""

from libs.casework.calendar import AmountError, UnknownCalendar, UnknownYear
from libs.casework.calendar.zones import micros
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.dispatch import AttentionAnswered, AttentionOrdered
from libs.casework.refusal import Refusal, Why
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, wrong
from libs.stages.scope import not_the_lead
from services.dispatch.bodies import Answer, Attention
from services.dispatch.rules import LATEST_US, Policy

MOST_ORDERS = 20
"""Open at once: they stand in the case, which every command reads."""


def order(case: Case, actor: Actor, body: Attention, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """A supervisor wants it looked after, until a time or within a limit by the office's calendar."""
    due_at = micros(body.due_at) if body.due_at else None
    refused = _too_many(case) or _two_deadlines(case, body) or _not_a_due_time(case, due_at, now)
    refused = refused or _not_a_limit(case, body, policy, now)
    return refused or (AttentionOrdered(words=first_words(sealed), limit=body.limit, due_at=due_at),)


def answer(case: Case, actor: Actor, body: Answer, sealed: Sealed) -> Decision:
    """Whoever has the case answers (督办回复): the lead unit, or the office's clerk."""
    named = _named(case, body.order)
    if isinstance(named, Refusal):
        return named
    refused = not_the_lead(case, actor, "answer_attention")
    if refused is None and body.empty:
        refused = wrong(case, "answer_attention", "words", "an answer is needed: words, photos, or both")
    answered = AttentionAnswered(order=named, evidence=sealed.photos, words=first_words(sealed))
    return refused or (answered,)


def _named(case: Case, order: int | None) -> int | Refusal:
    """The order that is meant: the one that is named, or the only one."""
    orders = [each.order for each in case.orders]
    if not orders:
        detail = "no order of a supervisor waits for an answer in this case"
        return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "answer_attention", ("attention",))
    if order in orders or (order is None and len(orders) == 1):
        return order or orders[0]
    detail = "several orders are open: say which" if order is None else f"there is no open order {order}"
    return wrong(case, "answer_attention", "order", detail, *map(str, orders))


def _too_many(case: Case) -> Refusal | None:
    if len(case.orders) < MOST_ORDERS:
        return None
    detail = f"{len(case.orders)} orders of this case wait for their answers already"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "attention", ("answer_attention",))


def _two_deadlines(case: Case, body: Attention) -> Refusal | None:
    if body.limit is None or body.due_at is None:
        return None
    detail = "an order has one deadline: a limit or a time"
    return wrong(case, "attention", "due_at", detail, "limit", "due_at")


def _not_a_due_time(case: Case, due_at: int | None, now: int) -> Refusal | None:
    if due_at is None or 0 < due_at - now <= LATEST_US:
        return None
    return wrong(case, "attention", "due_at", "the time has to lie ahead, within ten years")


def _not_a_limit(case: Case, body: Attention, policy: Policy, now: int) -> Refusal | None:
    if body.limit is None:
        return None
    try:
        due = policy.calendars.of_office(case.office).add(now, body.limit)
    except (AmountError, UnknownYear, UnknownCalendar, OverflowError) as error:
        return wrong(case, "attention", "limit", str(error))
    if due - now <= LATEST_US:
        return None
    return wrong(case, "attention", "limit", f"{body.limit.zh} {body.limit.en} is more than ten years")
