"""What it means for a case to go by another policy version from now on. Pure: the act and its preview ask the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from libs.casework.calendar.calendars import Calendars
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.learned import version_after
from libs.casework.deadlines.levels import levels
from libs.casework.deadlines.policies import Policies
from libs.casework.deadlines.timed import Timed
from libs.casework.entry import Entry
from libs.casework.events.oversight import PolicyChanged


class Standing(StrEnum):
    """How a running clock stands at a moment: `near` from the first level before its deadline on, `unknown` where no table
    reaches, or nobody knows its version.
    """

    IN_TIME = "in_time"
    NEAR = "near"
    OVERDUE = "overdue"
    PAUSED = "paused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shift:
    """One running clock by the version that the case goes by, and by the other one."""

    before: Timed
    after: Timed

    @property
    def changes(self) -> bool:
        """Whether its deadline or its limit is another one."""
        return _told(self.before) != _told(self.after)

    def puts_late(self, at: int) -> bool:
        """Whether the move alone makes it overdue at `at` (µs UTC)."""
        return self.after.overdue(at) and not self.before.overdue(at)


def version_of(log: Sequence[Entry], policies: Policies) -> str:
    """The id of the policy version that a case goes by; the data need not have it any more."""
    version = policies.policies[0].id
    for entry in log:
        version = version_after(entry, version, policies)
    return version


def shifts(
    log: Sequence[Entry], to: str, before: Policies, after: Policies, calendars: Calendars, at: int
) -> tuple[Shift, ...]:
    """Every running clock of the case, if it were moved to the version `to` of `after` at `at` (µs UTC)."""
    ones = {(one.key, one.generation): one for one in clocks(log, before, calendars) if one.open}
    moved = clocks([*log, _said(log[-1], to, version_of(log, before), at)], after, calendars)
    others = {(one.key, one.generation): one for one in moved if one.open}
    return tuple(Shift(one, others[which]) for which, one in ones.items() if which in others)


def standing(timed: Timed, policies: Policies, calendars: Calendars, at: int) -> Standing:
    """How a running clock stands at `at` (µs UTC), by the levels of its own version in `policies`."""
    if timed.reckoning is None:
        return Standing.UNKNOWN
    if timed.due is None:
        return Standing.PAUSED
    if timed.overdue(at):
        return Standing.OVERDUE
    reached = levels(timed, policies.get(timed.policy), calendars.get(timed.calendar))
    return Standing.NEAR if any(one.at <= at for one in reached if one.level.used < 1) else Standing.IN_TIME


def _said(last: Entry, to: str, version: str, at: int) -> Entry:
    """The entry that the move would be."""
    data = PolicyChanged(from_version=version, to_version=to, reason="")
    changes = {"seq": last.seq + 1, "at": max(at, last.at), "type": data.name(), "data": data}
    return last.model_copy(update=changes)


def _told(one: Timed) -> tuple[object, ...]:
    return (one.due, one.trouble, one.target.amount if one.target else one.agreed_due)
