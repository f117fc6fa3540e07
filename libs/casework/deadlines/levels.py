"""When a clock reaches which level: the instants at which so much of its limit is used up."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.spec import UnknownYear
from libs.casework.deadlines.policies import Level, Policy
from libs.casework.deadlines.timed import Timed, gaps_in

_END_OF_TIME = 253_370_764_800_000_000
"""The year 9999 (µs UTC): nobody can write down what lies behind it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The clock is at `level` from `at` (µs UTC) on."""

    level: Level
    at: int


def levels(timed: Timed, policy: Policy, calendar: Calendar) -> tuple[Reached, ...]:
    """Every level in order, if nothing happens any more; none while the deadline cannot be told.

    A share of a limit is a share of the time that counts between the beginning and the deadline: working time, or all of it
    for limits around the clock. A level beyond the reach of the tables is left out.
    """
    due = timed.due
    used = None if due is None else _counting(timed, calendar, due)
    if due is None or used is None:
        return ()
    whole = sum(end - begin for begin, end in used)
    return tuple(_reached(timed, policy, calendar, used, whole, due))


def _reached(
    timed: Timed, policy: Policy, calendar: Calendar, used: list[tuple[int, int]], whole: int, due: int
) -> Iterator[Reached]:
    for level in policy.levels:
        share = round(level.used * whole)
        if level.used == 1 or whole == 0:
            yield Reached(level, due)
        elif level.used < 1:
            yield Reached(level, _after(used, share))
        else:
            at = _beyond(timed, calendar, due, share - whole)
            if at is not None:
                yield Reached(level, at)


def _counting(timed: Timed, calendar: Calendar, due: int) -> list[tuple[int, int]] | None:
    """The stretches before the deadline in which time counted; None where no table reaches so far."""
    try:
        return _counted(timed, calendar, due)
    except UnknownYear:
        return None


def _counted(timed: Timed, calendar: Calendar, due: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = timed.begin
    for gap in gaps_in(timed.stretches):
        if gap.begin < due:
            found += _open(timed, calendar, at, gap.begin)
            at = gap.end or due
    return found + _open(timed, calendar, at, due)


def _open(timed: Timed, calendar: Calendar, begin: int, end: int) -> list[tuple[int, int]]:
    if begin >= end:
        return []
    return [(begin, end)] if timed.around_the_clock else calendar.timeline.windows(begin, end)


def _after(used: list[tuple[int, int]], share: int) -> int:
    """The first instant by which `share` µs of the stretches have passed, 0 < share < all of it."""
    for begin, end in used:
        if share <= end - begin:
            return begin + share
        share -= end - begin
    raise AssertionError("a share is less than the whole")


def _beyond(timed: Timed, calendar: Calendar, due: int, more: int) -> int | None:
    if timed.around_the_clock:
        return due + more if due + more < _END_OF_TIME else None
    try:
        return calendar.timeline.advance(due, more)
    except UnknownYear:
        return None


def overdue_by(timed: Timed, calendar: Calendar, now: int) -> int | None:
    """How much time (µs) that counts has passed since the deadline, up to the clock's end or `now`.

    None when it is not overdue, or where no table reaches so far. A pause that began after the deadline does not help.
    """
    if timed.due is None or not timed.overdue(now):
        return None
    until = timed.ended_at or now
    try:
        return until - timed.due if timed.around_the_clock else calendar.timeline.worked(timed.due, until)
    except UnknownYear:
        return None


def share_used(timed: Timed, calendar: Calendar, now: int) -> Fraction | None:
    """How much of the limit is used up at `now`, 1 at the deadline; None while that cannot be told."""
    due = timed.due
    counted = None if due is None else _counting(timed, calendar, due)
    if due is None or counted is None:
        return None
    whole = sum(end - begin for begin, end in counted)
    until = min(now, timed.ended_at or now)
    if until > due:
        over = overdue_by(timed, calendar, now)
        return None if over is None else 1 + Fraction(over, whole) if whole else Fraction(1)
    used = sum(end - begin for begin, end in _counted(timed, calendar, until))
    return Fraction(used, whole) if whole else Fraction(1)
