"""A calendar: add an amount to an instant, take it away, measure between two. What everything about deadlines asks."""

from collections.abc import Mapping
from fractions import Fraction

from libs.casework.calendar.amount import DAY, HOUR, Amount
from libs.casework.calendar.meters import AroundTheClock, CivilDays, ElapsedDays, Meter, WorkingTime
from libs.casework.calendar.spec import Counting, Spec
from libs.casework.calendar.timeline import Timeline
from libs.casework.categories import LimitUnit


class Calendar:
    """One calendar of an office. Instants in µs UTC; working units raise `UnknownYear` where no table reaches."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.timeline = Timeline(spec)
        self.meters: Mapping[LimitUnit, Meter] = {
            LimitUnit.WORK_HOUR: WorkingTime(self.timeline, HOUR),
            LimitUnit.URGENT_HOUR: AroundTheClock(HOUR),
            LimitUnit.WORK_DAY: _days(spec, self.timeline),
            LimitUnit.URGENT_DAY: AroundTheClock(DAY),
        }

    def add(self, at: int, amount: Amount) -> int:
        """When `amount`, counted from `at`, ends. Raises `AmountError` for half days where days are whole."""
        return self.meters[amount.unit].add(at, amount)

    def subtract(self, at: int, amount: Amount) -> int:
        """The last instant from which `amount` ends at `at`. Raises as `add` does."""
        return self.meters[amount.unit].subtract(at, amount)

    def measure(self, begin: int, end: int, unit: LimitUnit) -> Fraction:
        """How much of `unit` lies between two instants; exact, and negative when the end is before the beginning."""
        if end < begin:
            return -self.meters[unit].measure(end, begin)
        return self.meters[unit].measure(begin, end)

    def is_open(self, at: int) -> bool:
        """Whether the office works at that instant; at the moment of closing no more. Raises `UnknownYear`."""
        return bool(self.timeline.windows(at, at + 1))

    def __repr__(self) -> str:
        return f"Calendar({self.spec.id})"


def _days(spec: Spec, timeline: Timeline) -> Meter:
    match spec.counting:
        case Counting.CIVIL:
            return CivilDays(timeline)
        case Counting.ELAPSED:
            return ElapsedDays(timeline)
        case Counting.HOURS:
            return WorkingTime(timeline, spec.hours_a_day * HOUR)
