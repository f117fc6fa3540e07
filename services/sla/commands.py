"""What people may want of sla: that a case goes by another policy version. The decision is pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.casework.case import Case
from libs.casework.deadlines.moving import shifts, version_of
from libs.casework.entry import Actor, Entry
from libs.casework.events.oversight import PolicyChanged
from libs.casework.reasons import Reasons
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service
from libs.casework.wire import instant
from libs.stages.commands import CommandKind, CommandTable, Decide, Decision, Sealed, table
from libs.stages.judged import judged, not_a_reason, wrong
from services.sla.bodies import PolicyChange
from services.sla.rules import Reference

NAME = "change_policy"
DECIDERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Moving:
    """Decides whether a case may be moved."""

    data: Reference
    reasons: Reasons

    def decide(
        self, case: Case, actor: Actor, body: PolicyChange, sealed: Sealed, log: Sequence[Entry], now: int
    ) -> Decision:
        """Moved, already there, or why not, at `now` (µs UTC)."""
        refused = (
            _another_office(case, actor)
            or not_a_reason(case, NAME, PolicyChanged.TYPE, body.reason, self.reasons)
            or self._not_in_force(case, body.to, now)
        )
        if refused:
            return refused
        version = version_of(log, self.data.policies)
        if version == body.to:
            return ()
        late = None if body.even_if_late else self._late(case, log, body.to, now)
        return late or (PolicyChanged(from_version=version, to_version=body.to, reason=body.reason),)

    def _not_in_force(self, case: Case, to: str, now: int) -> Refusal | None:
        """Only what has been in force is sure never to change."""
        known = [one.id for one in self.data.policies.policies if one.begins is None or one.begins <= now]
        if to in known:
            return None
        begins = next((one.begins for one in self.data.policies.policies if one.id == to), None)
        why = f"comes into force at {instant(begins)}" if begins else "is no policy version"
        return wrong(case, NAME, "to", f"{to} {why}", *known)

    def _late(self, case: Case, log: Sequence[Entry], to: str, now: int) -> Refusal | None:
        """Nobody is made late by a decision about limits alone, unless that is what is meant."""
        policies, calendars = self.data.policies, self.data.calendars
        late = [one for one in shifts(log, to, policies, policies, calendars, now) if one.puts_late(now)]
        if not late:
            return None
        since = instant(late[0].after.due or now)
        detail = f"{late[0].after.key} would be overdue since {since} by the move alone; say even_if_late if that is meant"
        return Refusal(Why.NOT_ALLOWED, detail, case.stage, NAME, field="even_if_late")


def command_table(moving: Moving, clock: Callable[[], int]) -> CommandTable:
    """Everything that may be asked of sla. `clock` gives µs UTC."""
    decide = judged(Service.SLA, PolicyChanged, _now(moving, clock))
    return table(CommandKind(NAME, "变更时限规则", PolicyChange, DECIDERS, decide, reads_log=True))


def _now(moving: Moving, clock: Callable[[], int]) -> Decide:
    def decision(
        case: Case, actor: Actor, body: PolicyChange, sealed: Sealed, log: Sequence[Entry]
    ) -> Decision:
        return moving.decide(case, actor, body, sealed, log, clock())

    return decision


def _another_office(case: Case, actor: Actor) -> Refusal | None:
    """An administrator sees every office's cases and decides about the own one's."""
    if actor.office == case.office:
        return None
    allowed = tuple(f"{role} of {case.office}" for role in sorted(DECIDERS))
    detail = f"{NAME} is for the office that has the case, {case.office}"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, NAME, allowed)
