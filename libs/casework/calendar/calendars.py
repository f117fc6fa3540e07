"""The calendars of an installation, from reviewed data: `data/calendars.yaml` and the tables of `data/holidays.yaml`."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.spec import Counting, Hours, Spec, Window, YearTable
from libs.casework.categories import Row

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UnknownCalendar(LookupError):
    """There is no calendar of that name; the message lists those that there are."""


def _window(text: object) -> Window:
    """`08:30-12:00`; 24:00 is the midnight that ends the day."""
    parts = text.split("-") if isinstance(text, str) else []
    if len(parts) != 2:
        raise ValueError(f'{text!r} is no window: write it in quotes, as "08:30-12:00"')
    begin, end = map(_minute, parts)
    if begin >= end:
        raise ValueError(
            f"the window {text} ends before it begins; one over midnight is two: until 24:00, from 00:00"
        )
    return Window(begin, end)


def _minute(text: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ValueError(f"{text!r} is no time of day; write 08:30")
    at = int(hour) * 60 + int(minute)
    if int(minute) > 59 or at > 1440:
        raise ValueError(f"{text!r} is no time of day: 00:00 to 24:00")
    return at


def read_zone(name: object) -> ZoneInfo:
    """The time zone of that IANA name. Raises ValueError."""
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; an IANA name such as Asia/Shanghai") from None


class HoursRow(Row):
    """Windows of a workday, from the day `from` on; the first row of a calendar holds since ever."""

    since: date | None = Field(default=None, alias="from")
    open: Annotated[tuple[Annotated[Window, BeforeValidator(_window)], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for earlier, later in pairwise(self.open):
            if earlier.end > later.begin:
                raise ValueError(f"the windows {earlier} and {later} overlap or are out of order")
        return self


class WorkdayRow(Row):
    """How workdays are counted; `hours` makes a day so many working hours."""

    count: Counting
    hours: Annotated[int, Field(ge=1, le=24)] | None = None

    @model_validator(mode="after")
    def _hours_where_needed(self) -> Self:
        if (self.hours is not None) != (self.count is Counting.HOURS):
            raise ValueError("`hours` belongs to `count: hours`, and only to it")
        return self


class CalendarRow(Row):
    """One calendar as it is written. `holidays` None: only weekends are free, and no year is unknown."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
    zh: str
    en: str
    zone: Annotated[ZoneInfo, BeforeValidator(read_zone)] = Field(alias="timezone")
    holidays: Literal["national"] | None
    weekend: Annotated[
        frozenset[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(max_length=6)
    ]
    work_day: WorkdayRow
    windows: Annotated[tuple[HoursRow, ...], Field(min_length=1)]
    source: str
    note: str | None = None

    @model_validator(mode="after")
    def _dated_in_order(self) -> Self:
        if self.windows[0].since is not None:
            raise ValueError("the first windows hold since ever: they have no `from`")
        dates = [row.since for row in self.windows[1:]]
        if None in dates or any(one >= other for one, other in pairwise(dates) if one and other):
            raise ValueError("later windows need a `from` each, in order")
        return self


class BreakRow(BaseModel):
    """A holiday: first and last rest day, and the weekend days worked for it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    zh: str
    en: str
    rest: tuple[date, date]
    work: tuple[date, ...]


class YearRow(BaseModel):
    """A year's official arrangement; `unknown`: not published, so the year has no table."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: Literal["official", "unknown"]
    breaks: tuple[BreakRow, ...]


class HolidaysFile(BaseModel):
    """`data/holidays.yaml`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    years: dict[int, YearRow]


class CalendarsFile(Row):
    """`data/calendars.yaml`: calendars, and which of them an office goes by, the usual one first."""

    schema_name: str = Field(alias="schema")
    version: str
    calendars: Annotated[tuple[CalendarRow, ...], Field(min_length=1)]
    offices: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]

    @model_validator(mode="after")
    def _named(self) -> Self:
        known = [row.id for row in self.calendars]
        if len(set(known)) != len(known):
            raise ValueError(f"a calendar stands twice: {', '.join(known)}")
        for office, named in self.offices.items():
            unknown = [name for name in named if name not in known]
            if unknown:
                raise ValueError(
                    f"office {office} names calendar {unknown[0]}, which is none of: {', '.join(known)}"
                )
        return self


class Calendars:
    """All calendars by id, and each office's. `version` names both files; it stands beside what was computed by them."""

    def __init__(
        self, version: str, specs: Mapping[str, Spec], offices: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.version = version
        self.offices = dict(offices)
        self._specs = dict(specs)

    @property
    def names(self) -> tuple[str, ...]:
        """Every calendar's id, in the order of the data."""
        return tuple(self._specs)

    def get(self, name: str) -> Calendar:
        """The calendar of that id. Raises `UnknownCalendar`."""
        if name not in self._specs:
            raise UnknownCalendar(f"there is no calendar {name!r}; known: {', '.join(self.names)}")
        return self._built[name]

    def of_office(self, office: str) -> Calendar:
        """The calendar that an office usually goes by. Raises `UnknownCalendar`."""
        if office not in self.offices:
            known = ", ".join(self.offices)
            raise UnknownCalendar(f"office {office} has no calendar; data/calendars.yaml has: {known}")
        return self.get(self.offices[office][0])

    @cached_property
    def _built(self) -> dict[str, Calendar]:
        return {name: Calendar(spec) for name, spec in self._specs.items()}


def parse_calendars(calendars: Mapping[str, Any], holidays: Mapping[str, Any] | HolidaysFile) -> Calendars:
    """The calendars in plain data as read from YAML; the holidays may be checked already. Raises pydantic's `ValidationError`."""
    file, days = CalendarsFile.model_validate(calendars), HolidaysFile.model_validate(holidays)
    tables = {year: _table(row) for year, row in days.years.items() if row.status == "official"}
    version = f"calendars {file.version}, holidays {days.version}"
    return Calendars(version, {row.id: _spec(row, tables) for row in file.calendars}, file.offices)


def _spec(row: CalendarRow, tables: Mapping[int, YearTable]) -> Spec:
    return Spec(
        id=row.id,
        zone=row.zone,
        hours=tuple(Hours(each.since, each.open) for each in row.windows),
        weekend=frozenset(_DAYS.index(day) + 1 for day in row.weekend),
        tables=tables if row.holidays else None,
        counting=row.work_day.count,
        hours_a_day=row.work_day.hours or 8,
        zh=row.zh,
        en=row.en,
    )


def _table(row: YearRow) -> YearTable:
    rest = {day: (one.zh, one.en) for one in row.breaks for day in _span(*one.rest)}
    return YearTable(rest, {day: (one.zh, one.en) for one in row.breaks for day in one.work})


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]
