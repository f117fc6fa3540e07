"""The ways of counting, one class each: around the clock, working time, workdays by the Civil Code, workdays elapsed.

Each adds and subtracts an amount, measures what lies between two instants in its unit, moves a deadline on by what a
pause would have counted, and grants an extension from the deadline on.
"""

from datetime import datetime, time
from fractions import Fraction
from typing import Protocol

from libs.casework.calendar.amount import Amount, AmountError
from libs.casework.calendar.timeline import Timeline
from libs.casework.calendar.zones import instant, local


class Meter(Protocol):
    """One way of counting. All instants in µs UTC. Everything may raise `UnknownYear`."""

    def add(self, at: int, amount: Amount) -> int:
        """When the amount, counted from `at`, ends."""
        ...

    def subtract(self, at: int, amount: Amount) -> int:
        """From when on the amount has to be counted to end at `at`; `add` leads back to `at`, if it can end there."""
        ...

    def measure(self, begin: int, end: int) -> Fraction:
        """How much of the unit lies between two instants, begin <= end; exact, whole days where days are whole."""
        ...

    def moved(self, due: int, begin: int, pause_end: int, start: int) -> int:
        """Where a deadline, counted from `start`, goes when from `begin` to `pause_end` nothing counted."""
        ...

    def extended(self, due: int, amount: Amount) -> int:
        """The deadline when the amount is granted on top, counted from the deadline on."""
        ...


class AroundTheClock:
    """紧急工作时, 紧急工作日: every hour counts, a day is twenty-four of them. No calendar needed."""

    def __init__(self, unit_us: int) -> None:
        self._unit = unit_us

    def add(self, at: int, amount: Amount) -> int:
        return at + amount.micros(self._unit)

    def subtract(self, at: int, amount: Amount) -> int:
        return at - amount.micros(self._unit)

    def measure(self, begin: int, end: int) -> Fraction:
        return Fraction(end - begin, self._unit)

    def moved(self, due: int, begin: int, pause_end: int, start: int) -> int:
        return due + pause_end - begin

    def extended(self, due: int, amount: Amount) -> int:
        return self.add(due, amount)


class WorkingTime:
    """工作时, and workdays as so many working hours: only what lies inside windows counts."""

    def __init__(self, timeline: Timeline, unit_us: int) -> None:
        self._time, self._unit = timeline, unit_us

    def add(self, at: int, amount: Amount) -> int:
        return self._time.advance(at, amount.micros(self._unit))

    def subtract(self, at: int, amount: Amount) -> int:
        return self._time.retreat(at, amount.micros(self._unit))

    def measure(self, begin: int, end: int) -> Fraction:
        return Fraction(self._time.worked(begin, end), self._unit)

    def moved(self, due: int, begin: int, pause_end: int, start: int) -> int:
        return later_by_work(self._time, due, self._time.worked(begin, pause_end))

    def extended(self, due: int, amount: Amount) -> int:
        return self.add(due, amount)


class CivilDays:
    """Workdays by the Civil Code: the first day does not count (art. 201), the last ends when business ends (art. 203).

    A workday counts when the clock runs at the moment its business ends, so a pause takes out exactly the workdays whose
    business ends inside it. Instants of one day cannot be told apart: `subtract` answers with a day's first opening.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._time = timeline

    def add(self, at: int, amount: Amount) -> int:
        return self._time.closing_after(self._time.end_of_day(at), whole_days(amount))

    def subtract(self, at: int, amount: Amount) -> int:
        day = self._time.workday_from(self._time.last_ended(at), -whole_days(amount))
        return self._time.windows_on(day)[0][0]

    def measure(self, begin: int, end: int) -> Fraction:
        return Fraction(self._days(begin, begin, end))

    def moved(self, due: int, begin: int, pause_end: int, start: int) -> int:
        days = self._days(start, begin, pause_end)
        return self._time.closing_after(due, days) if days else due

    def extended(self, due: int, amount: Amount) -> int:
        # A deadline at midnight ends the day before it.
        return self.add(due - 1, amount)

    def _days(self, start: int, begin: int, end: int) -> int:
        counted_from = max(begin, self._time.end_of_day(start))
        return self._time.closings(counted_from, end) if counted_from < end else 0


class ElapsedDays:
    """Workdays elapsed: the same time of day so many workdays later. What begins while closed begins at the opening.

    Where that day has no such open time (other windows, clocks put forward), it is due at the next opening of that day,
    else when its business ends. A pause moves the deadline by the working time in it.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._time = timeline

    def add(self, at: int, amount: Amount) -> int:
        return self._ahead(self._time.opening_from(at), whole_days(amount))

    def subtract(self, at: int, amount: Amount) -> int:
        wish, windows = self._same_time(self._time.closing_until(at), -whole_days(amount))
        return max((min(wish, end) for begin, end in windows if begin <= wish), default=windows[0][0])

    def measure(self, begin: int, end: int) -> Fraction:
        opened = self._time.opening_from(begin)
        if end <= opened:
            return Fraction(0)
        days = self._time.workdays(self._time.day_worked(opened), self._time.day(end))
        return Fraction(days - (days > 0 and self._ahead(opened, days) > end))

    def moved(self, due: int, begin: int, pause_end: int, start: int) -> int:
        return later_by_work(self._time, due, self._time.worked(begin, pause_end))

    def extended(self, due: int, amount: Amount) -> int:
        return self.add(due, amount)

    def _ahead(self, opened: int, days: int) -> int:
        wish, windows = self._same_time(opened, days)
        return min((max(wish, begin) for begin, end in windows if wish <= end), default=windows[-1][1])

    def _same_time(self, at: int, days: int) -> tuple[int, list[tuple[int, int]]]:
        """The same time of day so many workdays on, and that day's windows. A closing belongs to the day that it ends."""
        zone, day = self._time.spec.zone, self._time.day_worked(at)
        there = self._time.workday_from(day, days)
        since_midnight = local(at, zone).replace(tzinfo=None) - datetime.combine(day, time())
        return instant(datetime.combine(there, time()) + since_midnight, zone), self._time.windows_on(there)


def later_by_work(timeline: Timeline, due: int, worked: int) -> int:
    """The deadline moved on by so much working time (µs), which may be nothing."""
    return timeline.advance(due, worked) if worked else due


def whole_days(amount: Amount) -> int:
    """The days of an amount. Raises `AmountError` when they are not whole."""
    if amount.whole is None:
        raise AmountError(
            f"{amount.zh}: workdays are whole where they are counted by days; use 工作时 work_hour"
        )
    return amount.whole
