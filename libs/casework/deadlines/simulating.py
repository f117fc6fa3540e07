"""What a period would have looked like under another policy: breaches before and after, from the logs alone. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from libs.casework.calendar.amount import AmountError
from libs.casework.calendar.calendars import Calendars
from libs.casework.calendar.spec import UnknownYear
from libs.casework.calendar.zones import local
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import Policies
from libs.casework.deadlines.reckoning import reckon
from libs.casework.deadlines.timed import Running, State, Timed, gaps_in
from libs.casework.entry import Entry
from libs.casework.events.oversight import PolicyChanged
from libs.casework.events.triage import Classified, Filed


class Period(NamedTuple):
    """From `begin` up to, not including, `end` (µs UTC)."""

    begin: int
    end: int


class Where(NamedTuple):
    """Where a breach is counted: on whose account the clock ran when it was due (a unit, `office` or `checker`), the category
    of the case at the end of the period (empty: nobody had said), the clock's name without its item.
    """

    unit: str
    category: str
    clock: str


class What(NamedTuple):
    """What is counted, under the policies that are (`after` False) or under the other one: `due` clocks whose deadline lies in
    the period, `breached` ones that were not in time, `untold` ones whose deadline nobody can tell: a table of an earlier year
    is missing, or the data does not have their calendar or version any more.
    """

    what: str
    after: bool


@dataclass(frozen=True, slots=True)
class Simulation:
    """Two ways of judging the same logs. `after` holds the simulated version alone, in force since ever."""

    before: Policies
    after: Policies
    calendars: Calendars
    period: Period

    def of_case(self, log: Sequence[Entry]) -> Counter[tuple[Where, What]]:
        """What of one case falls into the period. What happened after the period is not looked at, so its figures stay."""
        known = [entry for entry in log if entry.at < self.period.end]
        if not known:
            return Counter()
        # Under the simulated version nobody would have moved a case to another.
        unmoved = [entry for entry in known if not isinstance(entry.data, PolicyChanged)]
        category = _category(known)
        before = self._counted(clocks(known, self.before, self.calendars), category, after=False)
        after = self._counted(clocks(unmoved, self.after, self.calendars), category, after=True)
        return Counter(before + after)

    def _counted(self, timed: Iterable[Timed], category: str, *, after: bool) -> list[tuple[Where, What]]:
        judged = dict[tuple[str, int], tuple[Where, str]]()
        for one in timed:
            told = self._judged(one)
            # A clock that was superseded counts only when it was late by then: its successor is the same clock.
            if told == "breached" or (told and one.state is not State.SUPERSEDED):
                where = Where(_account(one), category, one.clock.value)
                judged.setdefault((one.key, one.generation), (where, told))
        rows = list(judged.values())
        due = [(where, What("due", after)) for where, told in rows if told != "untold"]
        return due + [(where, What(told, after)) for where, told in rows if told != "due"]

    def _judged(self, one: Timed) -> str | None:
        begin, end = self.period
        if one.trouble is not None:
            return None if (one.ended_at or end) < begin or self._later(one) else "untold"
        if one.due is None or not begin <= one.due < end:
            return None
        return "breached" if one.overdue(end) else "due"

    def _later(self, one: Timed) -> bool:
        """Whether the tables end before its deadline: then it lies in a year after the period, whenever that may be."""
        if one.target is None or one.calendar not in self.calendars.names:
            return False
        calendar, gaps = self.calendars.get(one.calendar), gaps_in(one.stretches)
        try:
            reckon(calendar, one.begin, one.target.amount, gaps, one.extensions)
        except UnknownYear as error:
            return error.year > local(self.period.end - 1, calendar.spec.zone).year
        except (AmountError, OverflowError):
            return False
        return False


def _account(one: Timed) -> str:
    """On whose account it ran when it was due; of one that was done before, when it was done."""
    due = one.due
    ran = [each for each in one.stretches if each.running is not Running.DONE]
    until_due = [each for each in ran if due is None or each.begin <= due]
    return (until_due or ran or one.stretches)[-1].charged_to


def _category(log: Sequence[Entry]) -> str:
    said = (entry.data.category for entry in reversed(log) if isinstance(entry.data, Classified | Filed))
    return next(filter(None, said), "")
