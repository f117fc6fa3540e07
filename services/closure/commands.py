"""What people and other systems may want of closure: the command table, and what a receipt code allows."""

from collections.abc import Callable
from functools import partial
from typing import Any

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events import closure as said
from libs.casework.events.model import Event
from libs.casework.vocabulary import Role, Service
from libs.stages.bodies import Shown
from libs.stages.commands import Body, CommandKind, CommandTable, Decide, Decision, Sealed, table
from libs.stages.judged import judged
from services.closure import rules
from services.closure.bodies import Failure, Patrol, Rating, Reopening
from services.closure.rules import Policy

CHECKERS = frozenset({Role.CHECKER, Role.CLERK, Role.GRID_WORKER, Role.SYSTEM})
CLERKS = frozenset({Role.CLERK, Role.SUPERVISOR})
RESIDENTS = frozenset({Role.RESIDENT})


def command_table(policy: Policy, clock: Callable[[], int]) -> CommandTable:
    """Everything that the office and other systems may ask of closure. `clock` gives µs UTC."""
    return table(
        _row("pass", "核查通过", Shown, CHECKERS, said.CheckPassed, rules.passed),
        _row("fail", "核查不通过", Failure, CHECKERS, said.CheckFailed, partial(rules.failed, policy=policy)),
        _row("patrol", "安排巡查", Patrol, CLERKS, said.PatrolPlanned, rules.patrol),
        _row("rate", "回访评价", Rating, CLERKS, said.Rated, rules.rated),
        _row("reopen", "重新办理", Reopening, CLERKS, said.Reopened, _reopened(policy, clock)),
    )


def receipt_table(policy: Policy, clock: Callable[[], int]) -> CommandTable:
    """What whoever has the receipt code may ask."""
    return table(
        _row("rate", "评价", Rating, RESIDENTS, said.Rated, rules.rated),
        _row("reopen", "重新办理", Reopening, RESIDENTS, said.Reopened, _reopened(policy, clock)),
    )


def _reopened(policy: Policy, clock: Callable[[], int]) -> Decide:
    def decision(case: Case, actor: Actor, body: Any, sealed: Sealed) -> Decision:
        return rules.reopened(case, actor, body, sealed, policy, clock())

    return decision


def _row(
    name: str, zh: str, body: type[Body], roles: frozenset[Role], event: type[Event], decide: Decide
) -> CommandKind:
    return CommandKind(name, zh, body, roles, judged(Service.CLOSURE, event, decide))
