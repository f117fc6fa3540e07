"""One year of a calendar, laid out in instants, with running sums: what makes adding a matter of two bisections."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from libs.casework.calendar.spec import Spec
from libs.casework.calendar.zones import MINUTE, midnight, stretches


@dataclass(frozen=True, slots=True)
class Year:
    """Windows of one local year, in order. All lists hold instants or lengths in µs.

    `opens[i]` to `closes[i]` is a window, `before[i]` the working time in earlier windows of the year, `total` that of
    all. `midnights` begins every day of the year, and the next year. `first_opens` and `last_closes` belong to the
    workdays, `workday` holds each one's index in `midnights`.
    """

    number: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    total: int
    midnights: list[int]
    first_opens: list[int]
    last_closes: list[int]
    workday: list[int]

    def worked(self, at: int) -> int:
        """Working time from the beginning of the year to `at`."""
        i = bisect_right(self.opens, at) - 1
        return self.before[i] + min(at, self.closes[i]) - self.opens[i] if i >= 0 else 0

    def reached(self, worked: int) -> int:
        """The first instant by which so much was worked, 0 < worked <= total: a window's end rather than an opening."""
        i = bisect_left(self.before, worked) - 1
        return self.opens[i] + worked - self.before[i]

    def left_from(self, worked: int) -> int:
        """The last instant by which no more was worked, 0 <= worked < total: an opening rather than a window's end."""
        i = bisect_right(self.before, worked) - 1
        return self.opens[i] + worked - self.before[i]

    def day_of(self, at: int) -> int:
        """Which day of the year, from 0, an instant of it lies in."""
        return bisect_right(self.midnights, at) - 1


def build_year(spec: Spec, number: int) -> Year:
    """Lay a year out. Raises `UnknownYear` when the calendar has no table for it."""
    # Asked first: a year without a table costs nothing to refuse, however often clocks reach into it.
    spec.table(number)
    days = _days(number)
    midnights = [midnight(day, spec.zone) for day in (*days, date(number + 1, 1, 1))]
    opens, closes, workday, firsts, lasts = [], [], [], list[int](), list[int]()
    for index, day in enumerate(days):
        windows = list(_windows(spec, day))
        if windows:
            opens += [begin for begin, _ in windows]
            closes += [end for _, end in windows]
            workday.append(index)
            firsts.append(windows[0][0])
            lasts.append(windows[-1][1])
    sums = [0, *accumulate(end - begin for begin, end in zip(opens, closes, strict=True))]
    return Year(number, opens, closes, sums[:-1], sums[-1], midnights, firsts, lasts, workday)


def _days(number: int) -> list[date]:
    first = date(number, 1, 1)
    return [first + timedelta(n) for n in range((date(number + 1, 1, 1) - first).days)]


def _windows(spec: Spec, day: date) -> Iterator[tuple[int, int]]:
    """The day's windows as instants, as its wall clock shows them: an hour that is shown twice is worked twice."""
    if not spec.kind_of(day).works:
        return
    for begin, end, wall_midnight in stretches(day, spec.zone):
        for window in spec.windows_on(day):
            opened = max(begin, wall_midnight + window.begin * MINUTE)
            closed = min(end, wall_midnight + window.end * MINUTE)
            if opened < closed:
                yield opened, closed
