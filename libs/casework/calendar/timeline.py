"""The working time of a calendar over all years: worked between, reached after, closings, days. Years are laid out on demand."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

from libs.casework.calendar.spec import Spec
from libs.casework.calendar.year import Year, build_year
from libs.casework.calendar.zones import local, midnight

_MEAN_YEAR_US = 31_556_952_000_000
_FIRST, _LAST = 1, 9998


class Timeline:
    """Answers for one calendar. Not changed by anything but remembering the years that were laid out."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._years: dict[int, Year] = {}
        self._begins: dict[int, int] = {}

    def year(self, number: int) -> Year:
        """That local year. Raises `UnknownYear`."""
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = build_year(self.spec, number)
        return found

    def year_at(self, at: int) -> Year:
        """The local year that an instant lies in. Raises `UnknownYear`; `OverflowError` before year 1 or after 9998."""
        number = 1970 + at // _MEAN_YEAR_US
        while at < self._begin(number):
            number -= 1
        while at >= self._begin(number + 1):
            number += 1
        return self.year(number)

    def worked(self, begin: int, end: int) -> int:
        """Working time (µs) between two instants, begin <= end. Raises `UnknownYear`."""
        first, last = self._first_and_last(begin, end)
        between = sum(self.year(number).total for number in range(first.number, last.number))
        return between + last.worked(end) - first.worked(begin)

    def advance(self, at: int, worked: int) -> int:
        """The first instant after `at` by which `worked` > 0 µs more were worked. Raises `UnknownYear`."""
        year = self.year_at(at)
        worked += year.worked(at)
        while worked > year.total:
            worked -= year.total
            year = self.year(year.number + 1)
        return year.reached(worked)

    def retreat(self, at: int, worked: int) -> int:
        """The last instant from which to `at` `worked` > 0 µs are worked. Raises `UnknownYear`."""
        year = self.year_at(at)
        left = year.worked(at) - worked
        while left < 0:
            year = self.year(year.number - 1)
            left += year.total
        return year.left_from(left)

    def closing_after(self, at: int, n: int) -> int:
        """The n-th instant after `at` (n >= 1) at which a workday's business ends. Raises `UnknownYear`."""
        year = self.year_at(at)
        n += bisect_right(year.last_closes, at)
        while n > len(year.last_closes):
            n -= len(year.last_closes)
            year = self.year(year.number + 1)
        return year.last_closes[n - 1]

    def closings(self, begin: int, end: int) -> int:
        """How many workdays' business ends after `begin` and not after `end`. Raises `UnknownYear`."""
        first, last = self._first_and_last(begin, end)
        between = sum(len(self.year(number).last_closes) for number in range(first.number, last.number))
        return between + bisect_right(last.last_closes, end) - bisect_right(first.last_closes, begin)

    def end_of_day(self, at: int) -> int:
        """The midnight that ends the local day of `at`. Raises `UnknownYear`."""
        year = self.year_at(at)
        return year.midnights[year.day_of(at) + 1]

    def workday_from(self, day: date, n: int) -> date:
        """The n-th workday after `day` (before it when n < 0); for n = 0 `day` itself. Raises `UnknownYear`."""
        year, index = self.year(day.year), day.timetuple().tm_yday - 1
        if n == 0:
            return day
        n += bisect_right(year.workday, index) if n > 0 else bisect_left(year.workday, index) + 1
        while n > len(year.workday):
            n -= len(year.workday)
            year = self.year(year.number + 1)
        while n < 1:
            year = self.year(year.number - 1)
            n += len(year.workday)
        return date(year.number, 1, 1) + timedelta(year.workday[n - 1])

    def workdays(self, after: date, until: date) -> int:
        """How many workdays lie after one day and not after another. Raises `UnknownYear`."""
        numbers = range(after.year, until.year)
        between = sum(len(self.year(number).workday) for number in numbers)
        return between + self._through(until) - self._through(after)

    def windows(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The working windows that lie between two instants, cut to them. Raises `UnknownYear`."""
        found: list[tuple[int, int]] = []
        first, last = self._first_and_last(begin, end)
        for number in range(first.number, last.number + 1):
            year = self.year(number)
            inside = slice(bisect_right(year.closes, begin), bisect_left(year.opens, end))
            found += zip(year.opens[inside], year.closes[inside], strict=True)
        return [(max(begin, opened), min(end, closed)) for opened, closed in found]

    def windows_on(self, day: date) -> list[tuple[int, int]]:
        """The windows of one local day, whole. Raises `UnknownYear`."""
        year, index = self.year(day.year), day.timetuple().tm_yday - 1
        return self.windows(year.midnights[index], year.midnights[index + 1])

    def opening_from(self, at: int) -> int:
        """`at` when it is inside a window or ends one, else the next opening. Raises `UnknownYear`."""
        year = self.year_at(at)
        i = bisect_left(year.closes, at)
        while i == len(year.closes):
            year, i = self.year(year.number + 1), 0
        return max(at, year.opens[i])

    def closing_until(self, at: int) -> int:
        """`at` when it is inside a window or begins one, else the last closing. Raises `UnknownYear`."""
        year = self.year_at(at)
        i = bisect_right(year.opens, at) - 1
        while i < 0:
            year = self.year(year.number - 1)
            i = len(year.closes) - 1
        return min(at, year.closes[i])

    def last_ended(self, at: int) -> date:
        """The last workday whose business has ended by `at`. Raises `UnknownYear`."""
        year = self.year_at(at - 1)
        i = bisect_right(year.last_closes, at) - 1
        while i < 0:
            year = self.year(year.number - 1)
            i = len(year.last_closes) - 1
        return self.day(year.last_closes[i] - 1)

    def day(self, at: int) -> date:
        """The local day of an instant."""
        return local(at, self.spec.zone).date()

    def day_worked(self, at: int) -> date:
        """The local day of an instant; a closing at midnight belongs to the day that it ends."""
        year = self.year_at(at - 1)
        i = bisect_left(year.closes, at)
        return self.day(at - (i < len(year.closes) and year.closes[i] == at))

    def _begin(self, number: int) -> int:
        found = self._begins.get(number)
        if found is None:
            if not _FIRST <= number <= _LAST:
                raise OverflowError(f"the year {number} is outside the calendar")
            found = self._begins[number] = midnight(date(number, 1, 1), self.spec.zone)
        return found

    def _first_and_last(self, begin: int, end: int) -> tuple[Year, Year]:
        """The years in which a stretch begins and ends; one that ends with a year does not ask for the next."""
        return self.year_at(begin), self.year_at(max(begin, end - 1))

    def _through(self, day: date) -> int:
        return bisect_right(self.year(day.year).workday, day.timetuple().tm_yday - 1)
