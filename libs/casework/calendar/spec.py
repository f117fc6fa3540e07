"""What makes up a calendar: windows with the day from which they hold, weekend, rest days, make-up workdays. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo


class UnknownYear(LookupError):
    """No table says which days of that year are worked: it is refused by name, never guessed."""

    def __init__(self, calendar: str, year: int, known: tuple[int, ...]) -> None:
        years = ", ".join(map(str, known)) or "none"
        super().__init__(f"calendar {calendar} has no table of rest days for {year}; it has: {years}")
        self.calendar, self.year, self.known = calendar, year, known


class Counting(StrEnum):
    """How a calendar counts workdays.

    `civil`: Civil Code of the PRC, articles 201 and 203: the first day does not count, the last ends when business ends.
    `elapsed`: the same time of day, so many workdays later. `hours`: a day is so many working hours.
    """

    CIVIL = "civil"
    ELAPSED = "elapsed"
    HOURS = "hours"

    @property
    def zh(self) -> str:
        """The way of counting, in Chinese."""
        return {"civil": "首日不计、末日下班届满", "elapsed": "顺延至同一时刻", "hours": "按工作时折算"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Window:
    """Open from minute `begin` of the day to minute `end`, which may be 1440, the midnight that ends it."""

    begin: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.begin)}-{_clock(self.end)}"


@dataclass(frozen=True, slots=True)
class Hours:
    """The windows of a workday from the day `since` on; None: since ever."""

    since: date | None
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class YearTable:
    """A year's rest days with their names (zh, en), and the weekend days that are worked (调休)."""

    rest: Mapping[date, tuple[str, str]]
    work: Mapping[date, tuple[str, str]]


class DayKind(StrEnum):
    """Why a day is worked or not."""

    WORKDAY = "workday"
    MADE_UP = "made_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"

    @property
    def works(self) -> bool:
        """Whether the office is open on such a day."""
        return self in (DayKind.WORKDAY, DayKind.MADE_UP)


@dataclass(frozen=True, slots=True)
class Spec:
    """All that a calendar goes by. `tables` None: no rest days but weekends, so that no year is unknown.

    `weekend` holds ISO weekdays (Monday is 1). `hours_a_day` belongs to `Counting.HOURS`.
    """

    id: str
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    weekend: frozenset[int] = frozenset({6, 7})
    tables: Mapping[int, YearTable] | None = None
    counting: Counting = Counting.CIVIL
    hours_a_day: int = 8
    zh: str = ""
    en: str = ""

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that hold on `day`, if it is worked."""
        return next(each.windows for each in reversed(self.hours) if each.since is None or each.since <= day)

    def table(self, year: int) -> YearTable:
        """That year's rest days and make-up workdays. Raises `UnknownYear`."""
        if self.tables is None:
            return _NO_HOLIDAYS
        if year not in self.tables:
            raise UnknownYear(self.id, year, tuple(sorted(self.tables)))
        return self.tables[year]

    def kind_of(self, day: date) -> DayKind:
        """Why `day` is worked or not. Raises `UnknownYear`."""
        table = self.table(day.year)
        if day in table.work:
            return DayKind.MADE_UP
        if day in table.rest:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.isoweekday() in self.weekend else DayKind.WORKDAY

    def name_of(self, day: date) -> tuple[str, str] | None:
        """The holiday (zh, en) that `day` belongs to, as a rest day or as a make-up workday. Raises `UnknownYear`."""
        table = self.table(day.year)
        return table.rest.get(day) or table.work.get(day)


_NO_HOLIDAYS = YearTable({}, {})


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
