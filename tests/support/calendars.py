"""Calendars to test with, and instants as people write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from libs.casework.calendar import Amount, Calendar, Calendars, parse_amount, parse_calendars
from libs.casework.calendar.spec import Counting, Hours, Spec, Window, YearTable
from libs.casework.calendar.zones import instant, local
from libs.plumbing.data import read_yaml

SHANGHAI, BERLIN, NEW_YORK = (
    ZoneInfo("Asia/Shanghai"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
)
SHIPPED: Calendars = parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
DATONG: Calendar = SHIPPED.get("datong-office")


def windows(*texts: str) -> tuple[Window, ...]:
    """`windows("08:30-12:00")`."""
    pairs = [text.split("-") for text in texts]
    return tuple(Window(_minute(begin), _minute(end)) for begin, end in pairs)


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def a_spec(
    *texts: str,
    zone: ZoneInfo = SHANGHAI,
    counting: Counting = Counting.CIVIL,
    later: dict[str, tuple[str, ...]] | None = None,
    tables: dict[int, YearTable] | None = None,
    weekend: frozenset[int] = frozenset({6, 7}),
    hours_a_day: int = 8,
) -> Spec:
    """A calendar's spec; `later` holds windows from a day on."""
    dated = [Hours(date.fromisoformat(day), windows(*new)) for day, new in (later or {}).items()]
    return Spec("test", zone, (Hours(None, windows(*texts)), *dated), weekend, tables, counting, hours_a_day)


def at(wall: str, zone: ZoneInfo = SHANGHAI) -> int:
    """The instant of a wall time: `at("2026-02-13 17:00")`."""
    return instant(datetime.fromisoformat(wall), zone)


def shown(moment: int, zone: ZoneInfo = SHANGHAI) -> str:
    """An instant on the wall, with its day of the week and no more than is there: `Fri 2026-02-13 17:00`."""
    there = local(moment, zone)
    return there.strftime("%a %Y-%m-%d ") + there.time().isoformat(
        "auto" if there.second or there.microsecond else "minutes"
    )


def due(begin: str, limit: str, calendar: Calendar = DATONG) -> str:
    """When a limit that begins then ends, on the calendar's own wall."""
    zone = calendar.spec.zone
    return shown(calendar.add(at(begin, zone), parse_amount(limit)), zone)


def amount(text: str) -> Amount:
    """`amount("4 work_hour")`."""
    return parse_amount(text)
