"""Between the wall clock of a time zone and instants (µs UTC), where clocks are put forward and back too."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
"""A minute in µs."""


def micros(moment: datetime) -> int:
    """µs UTC of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


def local(at: int, zone: tzinfo) -> datetime:
    """The instant on the wall clock of `zone`. Raises OverflowError outside the years 1 to 9999."""
    return (EPOCH + at * MICROSECOND).astimezone(zone)


def instant(wall: datetime, zone: tzinfo) -> int:
    """The instant at which the wall clock of `zone` shows the naive `wall`.

    A time shown twice is its first showing; a time that is skipped is the moment of skipping. So the order of wall times
    is the order of instants.
    """
    aware = wall.replace(tzinfo=zone, fold=0)
    at = micros(aware)
    if local(at, zone).replace(tzinfo=None, fold=0) == wall:
        return at
    return _change(micros(wall.replace(tzinfo=zone, fold=1)), at, zone)


def midnight(day: date, zone: tzinfo) -> int:
    """The instant at which `day` begins."""
    return instant(datetime.combine(day, time()), zone)


def stretches(day: date, zone: tzinfo) -> list[tuple[int, int, int]]:
    """The day in stretches without a change of the clocks: begin, end, and when the wall clock would have shown midnight."""
    begin, end = midnight(day, zone), midnight(day + timedelta(1), zone)
    before, after = _offset(begin, zone), _offset(end - 1, zone)
    naive = micros(datetime.combine(day, time(), UTC))
    if before == after:
        return [(begin, end, naive - before)]
    change = _change(begin, end - 1, zone)
    return [(begin, change, naive - before), (change, end, naive - after)]


def _change(before: int, after: int, zone: tzinfo) -> int:
    """The moment between two instants at which the offset from UTC changes."""
    offset = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(at: int, zone: tzinfo) -> int:
    offset = local(at, zone).utcoffset()
    assert offset is not None, "a time zone knows its offset"
    return offset // MICROSECOND
