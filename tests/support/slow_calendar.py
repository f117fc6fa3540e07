"""A calendar that anybody can check: it asks the wall clock minute by minute, and knows no sums, no years, no bisection.

Only for whole minutes. Holds against `libs.casework.calendar`, of which it uses the plain description and nothing else.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from libs.casework.calendar.spec import Spec

MINUTE = 60_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_in(spec: Spec, minute: int) -> bool:
    """Whether the office is open during the minute that begins at this instant (µs UTC)."""
    wall = (_EPOCH + timedelta(microseconds=minute)).astimezone(spec.zone)
    now = wall.hour * 60 + wall.minute
    return works(spec, wall.date()) and any(one.begin <= now < one.end for one in _windows(spec, wall.date()))


def works(spec: Spec, day: date) -> bool:
    """Whether the day is a workday."""
    table = spec.tables[day.year] if spec.tables is not None else None
    if table and day in table.work:
        return True
    return day.isoweekday() not in spec.weekend and not (table and day in table.rest)


def slow_add(spec: Spec, at: int, minutes: int) -> int:
    """The end of the `minutes`-th open minute after `at`."""
    while minutes:
        minutes -= open_in(spec, at)
        at += MINUTE
    return at


def slow_measure(spec: Spec, begin: int, end: int) -> int:
    """How many minutes of it the office was open."""
    return sum(open_in(spec, minute) for minute in range(begin, end, MINUTE))


def slow_civil(spec: Spec, at: int, days: int) -> int:
    """The end of the last open minute of the day that is so many workdays after the day of `at`."""
    day = (_EPOCH + timedelta(microseconds=at)).astimezone(spec.zone).date()
    while days:
        day += timedelta(1)
        days -= works(spec, day)
    return max(_open_minutes(spec, day)) + MINUTE


def _open_minutes(spec: Spec, day: date) -> Iterator[int]:
    # From noon before to noon after the day, whatever the zone does with its midnights.
    begin = int(datetime(day.year, day.month, day.day, tzinfo=spec.zone).timestamp()) * 1_000_000
    for minute in range(begin - 720 * MINUTE, begin + 2160 * MINUTE, MINUTE):
        wall = (_EPOCH + timedelta(microseconds=minute)).astimezone(spec.zone)
        if wall.date() == day and open_in(spec, minute):
            yield minute


def _windows(spec: Spec, day: date) -> tuple:  # type: ignore[type-arg]
    held = spec.hours[0].windows
    for hours in spec.hours[1:]:
        if hours.since is not None and hours.since <= day:
            held = hours.windows
    return held
