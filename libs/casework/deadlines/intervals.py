"""A reckoning laid out in time: what counted and what did not, window by window, day by day, with the reason of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.spec import Counting, DayKind
from libs.casework.calendar.zones import midnight
from libs.casework.categories import LimitUnit
from libs.casework.deadlines.reckoning import Cause, Gap, Reckoning


class Kind(StrEnum):
    """Why an interval counts or does not.

    `cut`: a workday whose business did not end while the clock ran; `under_way`: one whose business has not ended yet.
    """

    COUNTED = "counted"
    FIRST_DAY = "first_day"
    CLOSED = "closed"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CUT = "cut"
    UNDER_WAY = "under_way"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `begin` to `end` (µs UTC). `amount` of `unit` counted in it, nothing unless `kind` is `counted`.

    `why` is what paused it; `holiday` the name (zh, en) of the holiday, or of the one that a made-up workday is for.
    """

    begin: int
    end: int
    kind: Kind
    unit: LimitUnit
    amount: Fraction = Fraction(0)
    why: str | None = None
    holiday: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the way in one unit; `start` is whose day is the first, where the first day does not count."""

    begin: int
    end: int
    unit: LimitUnit
    start: int


def intervals(
    calendar: Calendar, reckoning: Reckoning, gaps: Sequence[Gap], until: int
) -> tuple[Interval, ...]:
    """Everything from the beginning to `until`. Raises `UnknownYear` where no table reaches; of an agreed instant nothing."""
    found: list[Interval] = []
    for part in _parts(reckoning, until):
        for begin, end, why in _pieces(part, gaps):
            if why is not None:
                found.append(Interval(begin, end, Kind.PAUSED, part.unit, why=why))
            else:
                found += _running(calendar, replace(part, begin=begin, end=end), until)
    return tuple(_joined(found))


def _parts(reckoning: Reckoning, until: int) -> Iterator[_Part]:
    """The limit, then each extension from the deadline that it extends."""
    if reckoning.amount is None:
        return
    turns = [(reckoning.begin, reckoning.amount.unit, reckoning.begin)]
    for move in reckoning.moves:
        if move.cause is Cause.EXTENSION and move.extension:
            turns.append((move.before, move.extension.amount.unit, move.before - 1))
    ends = [begin for begin, _, _ in turns[1:]] + [until]
    for (begin, unit, start), end in zip(turns, ends, strict=True):
        if begin < min(end, until):
            yield _Part(begin, min(end, until), unit, start)


def _pieces(part: _Part, gaps: Iterable[Gap]) -> Iterator[tuple[int, int, str | None]]:
    """The part, cut into running (None) and paused (why)."""
    at = part.begin
    for gap in gaps:
        begin = max(at, gap.begin)
        end = part.end if gap.end is None else min(part.end, gap.end)
        if begin < end:
            if at < begin:
                yield at, begin, None
            yield begin, end, gap.why
            at = end
    if at < part.end:
        yield at, part.end, None


def _running(calendar: Calendar, part: _Part, until: int) -> Iterator[Interval]:
    if part.unit.around_the_clock:
        amount = calendar.measure(part.begin, part.end, part.unit)
        yield Interval(part.begin, part.end, Kind.COUNTED, part.unit, amount)
    elif part.unit is LimitUnit.WORK_DAY and calendar.spec.counting is Counting.CIVIL:
        yield from _civil(calendar, part, until)
    else:
        yield from _by_windows(calendar, part)


def _by_windows(calendar: Calendar, part: _Part) -> Iterator[Interval]:
    """Windows count; what lies between them, before and after does not."""
    windows = calendar.timeline.windows(part.begin, part.end)
    edges = [(part.begin, part.begin), *windows, (part.end, part.end)]
    for (_, closed), (opened, end) in pairwise(edges):
        yield from _closed(calendar, part.unit, closed, opened)
        if opened < end:
            day = calendar.timeline.day(opened)
            yield Interval(
                opened,
                end,
                Kind.COUNTED,
                part.unit,
                _hours(calendar, part.unit, opened, end),
                holiday=calendar.spec.name_of(day),
            )


def _hours(calendar: Calendar, unit: LimitUnit, begin: int, end: int) -> Fraction:
    """What counted, in the unit; of workdays elapsed, where only whole ones count, the share of the day's working time."""
    if unit is LimitUnit.WORK_DAY and calendar.spec.counting is Counting.ELAPSED:
        windows = calendar.timeline.windows_on(calendar.timeline.day(begin))
        return Fraction(end - begin, sum(closed - opened for opened, closed in windows))
    return calendar.measure(begin, end, unit)


def _civil(calendar: Calendar, part: _Part, until: int) -> Iterator[Interval]:
    """Whole days: each counts as one when its business ends while the clock runs, but the first."""
    first = calendar.timeline.day(part.start)
    for day, begin, end in _days(calendar, part.begin, part.end):
        kind = calendar.spec.kind_of(day)
        windows = calendar.timeline.windows_on(day) if kind.works else []
        closing = windows[-1][1] if windows else begin
        if begin < closing:
            stop = min(end, closing)
            why = _civil_kind(day == first, closing <= end, stop == until)
            amount = Fraction(why is Kind.COUNTED)
            yield Interval(begin, stop, why, part.unit, amount, holiday=calendar.spec.name_of(day))
        yield from _closed(calendar, part.unit, max(begin, closing), end)


def _civil_kind(is_first: bool, ended: bool, at_the_end: bool) -> Kind:
    if is_first:
        return Kind.FIRST_DAY
    if ended:
        return Kind.COUNTED
    return Kind.UNDER_WAY if at_the_end else Kind.CUT


def _closed(calendar: Calendar, unit: LimitUnit, begin: int, end: int) -> Iterator[Interval]:
    """Closed time day by day, with its reason."""
    for day, since, until in _days(calendar, begin, end):
        yield Interval(since, until, _CLOSED[calendar.spec.kind_of(day)], unit, holiday=_rest(calendar, day))


def _rest(calendar: Calendar, day: date) -> tuple[str, str] | None:
    return calendar.spec.name_of(day) if calendar.spec.kind_of(day) is DayKind.HOLIDAY else None


_CLOSED = {
    DayKind.WORKDAY: Kind.CLOSED,
    DayKind.MADE_UP: Kind.CLOSED,
    DayKind.WEEKEND: Kind.WEEKEND,
    DayKind.HOLIDAY: Kind.HOLIDAY,
}


def _days(calendar: Calendar, begin: int, end: int) -> Iterator[tuple[date, int, int]]:
    """The local days between two instants, each with where it begins and ends within them."""
    day, at = calendar.timeline.day(begin), begin
    while at < end:
        following = min(end, midnight(day + timedelta(1), calendar.spec.zone))
        yield day, at, following
        day, at = day + timedelta(1), following


def _joined(found: Iterable[Interval]) -> Iterator[Interval]:
    """Neighbours that do not count for the same reason become one."""
    last: Interval | None = None
    for one in found:
        if last and one.kind is not Kind.COUNTED and _reason(last) == _reason(one) and last.end == one.begin:
            last = replace(last, end=one.end)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _reason(one: Interval) -> tuple[object, ...]:
    return one.kind, one.unit, one.why, one.holiday
