"""What people and other systems may want of dispatch: the command table. What each row decides stands in orders and work."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events import appeals
from libs.casework.events import dispatch as said
from libs.casework.events.model import Event
from libs.casework.vocabulary import Role, Service
from libs.stages.bodies import Nothing, Said, Shown
from libs.stages.commands import (
    Body,
    CommandKind,
    CommandTable,
    Decide,
    Decision,
    Sealed,
    table,
)
from libs.stages.judged import judged
from services.dispatch import appealing, attention, extending, orders, suspending, work
from services.dispatch.bodies import (
    Answer,
    AppealAnswer,
    Attention,
    Extension,
    HandOver,
    ItemReport,
    NextReview,
    Note,
    Order,
    Plan,
    Return,
    Suspension,
    WantedAppeal,
    WantedExtension,
    WantedSuspension,
)
from services.dispatch.rules import Policy

CLERKS = frozenset({Role.CLERK, Role.SUPERVISOR})
THE_UNIT = frozenset({Role.UNIT_WORKER, Role.GRID_WORKER, Role.CLERK, Role.SYSTEM})
SUPERVISORS = frozenset({Role.SUPERVISOR})
ITS_OWN = frozenset({Role.UNIT_WORKER, Role.GRID_WORKER, Role.SYSTEM})
"""Nobody appeals for a unit: its people and its system do."""
JUDGES = SUPERVISORS | {Role.ADMINISTRATOR}


def command_table(policy: Policy, clock: Callable[[], int]) -> CommandTable:
    """Everything that may be asked of dispatch; a system may ask what its unit may. `clock` gives µs UTC."""
    return table(
        _row("dispatch", "派遣", Order, CLERKS, said.Dispatched, partial(orders.dispatch, policy=policy)),
        _row("plan", "制定方案", Plan, THE_UNIT, said.Planned, partial(orders.plan, policy=policy)),
        _row("accept", "签收", Nothing, THE_UNIT, said.Accepted, work.accept),
        _row("return", "退单", Return, THE_UNIT, said.Returned, partial(work.send_back, policy=policy)),
        _row("start", "开始处置", Nothing, THE_UNIT, said.Started, work.start),
        _row("done", "完成工作项", ItemReport, THE_UNIT, said.ItemDone, work.done),
        _row("note", "进展记录", Note, THE_UNIT | SUPERVISORS, said.Noted, work.note),
        _row("await_resident", "等待居民", Said, THE_UNIT, said.ResidentAwaited, work.await_resident),
        _row(
            "resident_answered", "居民已回应", Said, THE_UNIT, said.ResidentAnswered, work.resident_answered
        ),
        *_suspending(policy, clock),
        *_extending(policy),
        _row("resolve", "处理反馈", Shown, THE_UNIT, said.Resolved, work.resolve),
        _row(
            "hand_over", "移交", HandOver, CLERKS, said.HandedOver, partial(orders.hand_over, policy=policy)
        ),
        *_attention(policy, clock),
        *_appealing(policy, clock),
    )


def _suspending(policy: Policy, clock: Callable[[], int]) -> tuple[CommandKind, ...]:
    decisions = (suspending.ask, suspending.suspend, suspending.review)
    ask, suspend, review = (_now(each, policy, clock) for each in decisions)
    supervised = THE_UNIT | SUPERVISORS
    return (
        _row("ask_suspension", "申请挂账", WantedSuspension, THE_UNIT, said.SuspensionAsked, ask),
        _row("refuse_suspension", "不予挂账", Said, SUPERVISORS, said.SuspensionRefused, suspending.refuse),
        _row("suspend", "挂账", Suspension, SUPERVISORS, said.Suspended, suspend),
        _row("review_suspension", "复查挂账", NextReview, SUPERVISORS, said.SuspensionReviewed, review),
        _row("resume", "恢复处置", Said, supervised, said.Resumed, suspending.resume),
    )


def _extending(policy: Policy) -> tuple[CommandKind, ...]:
    ask, extend = (partial(each, policy=policy) for each in (extending.ask, extending.extend))
    return (
        _on_the_log("ask_extension", "申请延期", WantedExtension, THE_UNIT, said.ExtensionAsked, ask),
        _row("refuse_extension", "不予延期", Said, SUPERVISORS, said.ExtensionRefused, extending.refuse),
        _on_the_log("extend", "延期", Extension, SUPERVISORS, said.Extended, extend),
    )


def _attention(policy: Policy, clock: Callable[[], int]) -> tuple[CommandKind, ...]:
    order = _now(attention.order, policy, clock)
    return (
        _row("attention", "督办", Attention, SUPERVISORS, said.AttentionOrdered, order),
        _row("answer_attention", "督办回复", Answer, THE_UNIT, said.AttentionAnswered, attention.answer),
    )


def _appealing(policy: Policy, clock: Callable[[], int]) -> tuple[CommandKind, ...]:
    appeal = _now(appealing.appeal, policy, clock)
    decide = partial(appealing.decide, policy=policy)
    return (
        _on_the_log("appeal", "申诉", WantedAppeal, ITS_OWN, appeals.Appealed, appeal),
        _on_the_log("decide_appeal", "申诉裁定", AppealAnswer, JUDGES, appeals.AppealDecided, decide),
    )


def _now(decide: Callable[..., Decision], policy: Policy, clock: Callable[[], int]) -> Decide:
    def decision(case: Case, actor: Actor, body: Any, sealed: Sealed, *log: Any) -> Decision:
        return decide(case, actor, body, sealed, *log, policy, clock())

    return decision


def _row(
    name: str, zh: str, body: type[Body], roles: frozenset[Role], event: type[Event], decide: Decide
) -> CommandKind:
    return CommandKind(name, zh, body, roles, judged(Service.DISPATCH, event, decide))


def _on_the_log(
    name: str, zh: str, body: type[Body], roles: frozenset[Role], event: type[Event], decide: Decide
) -> CommandKind:
    return replace(_row(name, zh, body, roles, event, decide), reads_log=True)
