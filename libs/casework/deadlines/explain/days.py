"""The way to a deadline day by day, as somebody would write it down who counts by hand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.zones import midnight
from libs.casework.deadlines.explain.wall import Wall, length
from libs.casework.deadlines.explain.words import KINDS, MADE_UP, PAUSES, Said, remark
from libs.casework.deadlines.intervals import Interval, Kind

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day, or several alike: from `first` to `last`. `spans` are what counted; `counted` and `total` as text.

    Counted is time (`3:30`) or, where days are counted, days (`1`); empty when nothing counted.
    """

    first: date
    last: date
    spans: tuple[str, ...]
    counted: str
    total: str
    remarks: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    intervals: tuple[Interval, ...]


def day_lines(calendar: Calendar, intervals: Sequence[Interval], by_days: bool) -> tuple[DayLine, ...]:
    """A line for each day. `by_days`: whole workdays are counted, not time."""
    wall, total, lines = Wall(calendar.spec.zone), 0, list[DayLine]()
    for one in _by_day(calendar, intervals):
        counted = [each for each in one.intervals if each.kind is Kind.COUNTED]
        got = sum(int(each.amount) if by_days else each.end - each.begin for each in counted)
        total += got
        written = (str(got), str(total)) if by_days else (length(got), length(total))
        spans = () if by_days else tuple(_span(wall, each) for each in counted)
        lines.append(DayLine(one.day, one.day, spans, *(written if got else ("", "")), _remarks(wall, one)))
    return tuple(_joined(lines))


def _by_day(calendar: Calendar, intervals: Iterable[Interval]) -> Iterator[_Day]:
    pieces = (piece for one in intervals for piece in _cut(calendar, one))
    for day, group in groupby(pieces, key=lambda piece: calendar.timeline.day(piece.begin)):
        yield _Day(day, tuple(group))


def _cut(calendar: Calendar, one: Interval) -> Iterator[Interval]:
    """The interval, cut at midnights."""
    begin = one.begin
    while begin < one.end:
        end = min(one.end, midnight(calendar.timeline.day(begin) + timedelta(1), calendar.spec.zone))
        yield replace(one, begin=begin, end=end)
        begin = end


def _remarks(wall: Wall, one: _Day) -> tuple[Said, ...]:
    """What is to be said of the day; the closed hours of a workday on which something counts go without saying."""
    found = dict.fromkeys(_of_interval(wall, each, one) for each in one.intervals)
    return tuple(said for said in found if said is not None)


def _of_interval(wall: Wall, each: Interval, one: _Day) -> Said | None:
    if each.kind is Kind.COUNTED:
        made_up = each.holiday is not None
        return (
            Said(f"{MADE_UP.zh}（{each.holiday[0]}）", f"{MADE_UP.en} ({each.holiday[1]})")
            if made_up and each.holiday
            else None
        )
    if each.kind is Kind.PAUSED:
        name = PAUSES.get(each.why or "", KINDS[Kind.PAUSED])
        span = _span(wall, each)
        return Said(f"{name.zh} {span}", f"{name.en} {span}")
    if each.kind is Kind.CLOSED and len({other.kind for other in one.intervals}) > 1:
        return None
    return remark(each)


def _span(wall: Wall, each: Interval) -> str:
    return f"{wall.clock(each.begin)}–{wall.clock(each.end, ends=True)}"


def _joined(lines: Sequence[DayLine]) -> Iterator[DayLine]:
    """Days in a row on which nothing counts for the same reason, and days that count as a whole, become one line."""
    whole = ("00:00–24:00",)
    last: DayLine | None = None
    for line in lines:
        if last is not None and line.spans == last.spans == whole and line.remarks == last.remarks:
            last = replace(last, last=line.last, total=line.total, counted=_days_long(last, line))
        elif last is not None and not line.counted and not last.counted and _plain(last) == _plain(line):
            last = replace(last, last=line.last, remarks=_plain(line))
        else:
            if last is not None:
                yield last
            last = line
    if last is not None:
        yield last


def _days_long(last: DayLine, line: DayLine) -> str:
    return length(((line.last - last.first).days + 1) * DAY_US)


def _plain(line: DayLine) -> tuple[Said, ...]:
    """The remarks without the hours of a pause that takes the whole day."""
    hours = " 00:00–24:00"
    return tuple(Said(said.zh.removesuffix(hours), said.en.removesuffix(hours)) for said in line.remarks)
