"""Instants and lengths of time as they are written on the wall of an office."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from libs.casework.calendar.zones import local

_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Wall:
    """The wall clock of one time zone."""

    zone: tzinfo

    def zh(self, at: int) -> str:
        """`2026-11-27 周五 17:30`."""
        there = local(at, self.zone)
        return f"{there.date().isoformat()} {_ZH[there.weekday()]} {_time(there)}"

    def en(self, at: int) -> str:
        """`Fri 2026-11-27 17:30`."""
        there = local(at, self.zone)
        return f"{_EN[there.weekday()]} {there.date().isoformat()} {_time(there)}"

    def iso(self, at: int) -> str:
        """`2026-11-27T17:30:00+08:00`, with the microseconds that there are."""
        return local(at, self.zone).isoformat()

    def day(self, at: int) -> date:
        """The day on the wall."""
        return local(at, self.zone).date()

    def clock(self, at: int, *, ends: bool = False) -> str:
        """`17:30`; as the end of something the midnight that ends a day is `24:00`."""
        there = local(at, self.zone)
        return "24:00" if ends and there.time() == time() else _time(there)


def day_name(day: date) -> str:
    """`2026-11-27 周五 Fri`."""
    return f"{day.isoformat()} {_ZH[day.weekday()]} {_EN[day.weekday()]}"


def length(us: int) -> str:
    """A length of time: `3:30`, `0:00:05`, `0:00:00.000001`, `168:00`."""
    seconds, rest = divmod(us, 1_000_000)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    if seconds % 60 or rest:
        text += f":{seconds % 60:02}"
    return text + (f".{rest:06}".rstrip("0") if rest else "")


def _time(there: datetime) -> str:
    exact = there.second or there.microsecond
    return there.time().isoformat("auto" if exact else "minutes")
