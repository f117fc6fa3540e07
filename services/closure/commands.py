"""What people and other systems may want of closure: the command table, and what a receipt code allows."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events import closure as said
from libs.casework.events.model import Event
from libs.casework.vocabulary import Role, Service
from libs.stages.commands import Body, CommandKind, CommandTable, Decide, Decision, Sealed, table
from libs.stages.judged import judged
from services.closure import aftercare, checking, rules
from services.closure.bodies import CallBack, CheckAssignment, Failure, Passing, Patrol, Rating, Reopening
from services.closure.rules import Checker, Policy

CHECKERS = frozenset({Role.CHECKER, Role.CLERK, Role.GRID_WORKER, Role.SYSTEM})
CLERKS = frozenset({Role.CLERK, Role.SUPERVISOR})
RESIDENTS = frozenset({Role.RESIDENT})
ASSIGN = "assign_check"


def command_table(
    policy: Policy, clock: Callable[[], int], checkers: Callable[[], Sequence[Checker]]
) -> CommandTable:
    """Everything that the office and other systems may ask of closure. `clock` gives µs UTC, `checkers` all offices'."""
    now = partial(_now, policy=policy, clock=clock)
    failed = partial(checking.failed, policy=policy)
    called = partial(aftercare.called_back, policy=policy)
    return table(
        _row("pass", "核查通过", Passing, CHECKERS, said.CheckPassed, now(checking.passed)),
        _row("fail", "核查不通过", Failure, CHECKERS, said.CheckFailed, failed),
        _row(ASSIGN, "指定核查员", CheckAssignment, CLERKS, said.CheckPlanned, _assigned(checkers)),
        _row("patrol", "安排巡查", Patrol, CLERKS, said.PatrolPlanned, now(aftercare.patrol)),
        _row("call_back", "回访", CallBack, CLERKS, said.CalledBack, called),
        _row("reopen", "重新办理", Reopening, CLERKS, said.Reopened, now(aftercare.reopened)),
    )


def receipt_table(policy: Policy, clock: Callable[[], int]) -> CommandTable:
    """What whoever has the receipt code may ask."""
    reopened = _now(aftercare.reopened, policy, clock)
    return table(
        _row("rate", "评价", Rating, RESIDENTS, said.Rated, aftercare.rated),
        _row("reopen", "重新办理", Reopening, RESIDENTS, said.Reopened, reopened),
    )


def _assigned(checkers: Callable[[], Sequence[Checker]]) -> Decide:
    def decision(case: Case, actor: Actor, body: Any, sealed: Sealed) -> Decision:
        return rules.assigned(case, actor, body, sealed, checkers())

    return decision


def _now(decide: Callable[..., Decision], policy: Policy, clock: Callable[[], int]) -> Decide:
    def decision(case: Case, actor: Actor, body: Any, sealed: Sealed) -> Decision:
        return decide(case, actor, body, sealed, policy, clock())

    return decision


def _row(
    name: str, zh: str, body: type[Body], roles: frozenset[Role], event: type[Event], decide: Decide
) -> CommandKind:
    return CommandKind(name, zh, body, roles, judged(Service.CLOSURE, event, decide))
