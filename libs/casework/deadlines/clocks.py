"""The clocks of a case, a pure function of its log, the policies and the calendars: `clocks(log, policies, calendars)`.

What was computed from a part of the log stays as it was when the log grows: stretches are only added. When a case is
classified anew, or filed under another policy version or moved to one, its running clocks are superseded by clocks with
the new limit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from libs.casework.calendar.calendars import Calendars
from libs.casework.deadlines.learned import Learned
from libs.casework.deadlines.policies import ORDERED, Policies, Target
from libs.casework.deadlines.reckoning import Extension
from libs.casework.deadlines.signs import ENDINGS, SIGNS
from libs.casework.deadlines.tape import Basis, Tape
from libs.casework.deadlines.timed import Running, State, Timed, key_of
from libs.casework.deadlines.vocabulary import Account, Clock, Facts, Pause
from libs.casework.entry import Entry
from libs.casework.events import dispatch
from libs.casework.events.model import Event
from libs.casework.vocabulary import Stage

OFFICE, CHECKER = Account.OFFICE.value, Account.CHECKER.value


def clocks(log: Iterable[Entry], policies: Policies, calendars: Calendars) -> tuple[Timed, ...]:
    """Every clock that the log has started, in the order of their starts. Raises `BrokenLog` when it begins with no report."""
    return read(log, policies, calendars)[0]


def read(
    log: Iterable[Entry], policies: Policies, calendars: Calendars
) -> tuple[tuple[Timed, ...], Facts | None]:
    """The clocks, and what the log says of the case itself (None: it says nothing at all)."""
    reader = _Reader(policies, calendars)
    for entry in log:
        reader.read(entry)
    return tuple(tape.timed(calendars, reader.known_until) for tape in reader.tapes), reader.facts


class _Reader:
    """Reads a log once, from its first entry on."""

    def __init__(self, policies: Policies, calendars: Calendars) -> None:
        self._calendars = calendars
        self._known = Learned(policies)
        self.tapes: list[Tape] = []
        self.known_until = 0
        self.facts: Facts | None = None
        self._items_done: set[str] = set()
        self._starts: Counter[str] = Counter()

    def read(self, entry: Entry) -> None:
        """One entry more."""
        if self._known.read(entry):
            for tape in list(self._there()):
                self._limit_anew(tape, entry.at)
        self.facts = self._known.facts
        for clock in SIGNS:
            self._sign(clock, entry)
        change = _CHANGES.get(type(entry.data))
        if change:
            change(self, entry, entry.data)
        if entry.type in ENDINGS:
            self._end_all(entry.at)
        for tape in self._there():
            self._turn(tape, entry)
        self.known_until = entry.at

    def planned(self, entry: Entry, data: dispatch.Planned) -> None:
        """Items start, go on, or drop out of the plan."""
        kept = {item.id for item in data.items}
        for tape in list(self._items()):
            if tape.item not in kept:
                tape.end(entry.at, State.DONE if tape.done else State.LEFT)
        for item in data.items:
            self._plan(entry.at, item)

    def item_done(self, entry: Entry, data: dispatch.ItemDone) -> None:
        """One item is done, until rework opens it again."""
        self._items_done.add(data.item)
        for tape in self._of(Clock.ITEM, data.item):
            tape.done = True

    def rework(self, entry: Entry, data: dispatch.ReworkOrdered) -> None:
        """The named items, or all, run again."""
        self._items_done -= set(data.items) or set(self._items_done)
        for tape in list(self._items()):
            if tape.done and tape.item not in self._items_done:
                self._again(tape, entry.at)

    def extended(self, entry: Entry, data: dispatch.Extended) -> None:
        """More time for the clock of that name."""
        for tape in self._there():
            if tape.key == data.clock:
                tape.extensions.append(Extension(entry.at, data.by, data.approver, data.reason))

    def ordered(self, entry: Entry, data: dispatch.AttentionOrdered) -> None:
        """A supervisor's order runs until it is answered, if it has a deadline. It is known by where it stands in the log."""
        limit = (
            Target(data.limit, self._known.version, ORDERED, (), "supervisor") if data.limit else data.due_at
        )
        self._start(Clock.ATTENTION, str(entry.seq), limit)

    def answered(self, entry: Entry, data: dispatch.AttentionAnswered) -> None:
        """The order is answered."""
        for tape in list(self._of(Clock.ATTENTION, str(data.order))):
            tape.done = True
            tape.end(entry.at, State.DONE)

    def _limit_anew(self, tape: Tape, at: int) -> None:
        """A running clock whose limit is another one, by what is known now, is superseded. What has none now keeps its own."""
        if tape.done:
            return
        limit = tape.limit if isinstance(tape.limit, int) else self._target(tape.clock, tape.item)
        if self._basis(tape.limit if limit is None else limit) != tape.basis:
            self._supersede(tape, at, tape.limit if limit is None else limit)

    def _supersede(self, tape: Tape, at: int, limit: Target | int) -> None:
        basis = self._basis(limit)
        moved = self._known.move if basis.version != tape.basis.version else None
        self.tapes.append(tape.with_basis(basis, moved))
        tape.end(at, State.SUPERSEDED)

    def _again(self, tape: Tape, at: int) -> None:
        """It was done and runs again, by what holds now."""
        tape.done = False
        self._limit_anew(tape, at)

    def _sign(self, clock: Clock, entry: Entry) -> None:
        signs = SIGNS[clock]
        for tape in list(self._of(clock, None)):
            if entry.type in signs.given_up and not tape.done:
                tape.end(entry.at, State.LEFT)
            elif entry.type in signs.again and tape.done:
                self._again(tape, entry.at)
            elif entry.type in signs.done and not tape.done:
                tape.done = True
                if not signs.again:
                    tape.end(entry.at, State.DONE)
        if entry.type in signs.starts:
            self._start(clock, None, self._target(clock, None))

    def _plan(self, at: int, item: dispatch.WorkItem) -> None:
        limit = item.due_at or self._target(Clock.ITEM, item.id)
        for tape in list(self._of(Clock.ITEM, item.id)):
            if limit is not None and not tape.done and limit != tape.limit:
                self._supersede(tape, at, limit)
        if item.id not in self._items_done:
            self._start(Clock.ITEM, item.id, limit, item.unit)

    def _start(
        self, clock: Clock, item: str | None, limit: Target | int | None, unit: str | None = None
    ) -> None:
        """A fresh start, unless there is no limit or one of its kind is there already."""
        if limit is not None and not any(self._of(clock, item)):
            key = key_of(clock, item)
            self._starts[key] += 1
            self.tapes.append(Tape(clock, item, self._starts[key], self._basis(limit), unit))

    def _end_all(self, at: int) -> None:
        for tape in list(self._there()):
            tape.end(at, State.DONE if tape.done else State.LEFT)

    def _turn(self, tape: Tape, entry: Entry) -> None:
        """What the clock does from this entry on."""
        pause = self._pause(tape)
        if tape.done:
            tape.turn(entry.at, Running.DONE, entry.type, CHECKER)
        elif pause is not None:
            tape.turn(entry.at, Running.PAUSED, pause, self._account(tape))
        else:
            tape.turn(entry.at, Running.COUNTS, entry.type, self._account(tape))

    def _pause(self, tape: Tape) -> str | None:
        """Why the clock stands still now: a pause of the policy, or, of an item not done, that the whole is with the checker."""
        if tape.done:
            return None
        if tape.clock is Clock.ITEM and self._known.stage is Stage.RESOLVED:
            return "resolved.v1"
        policy = self._known.policy
        stands = {
            Pause.SUSPENSION: self._known.stage is Stage.SUSPENDED,
            Pause.WAITING_ON_RESIDENT: self._known.waits,
        }
        return next(
            (one.value for one in Pause if stands[one] and policy and policy.stops(tape.clock, one)), None
        )

    def _account(self, tape: Tape) -> str:
        if self._known.stage is Stage.RESOLVED:
            return CHECKER
        with_unit = self._known.stage in _WITH_UNIT
        return (tape.unit or self._known.lead or OFFICE) if with_unit else OFFICE

    def _target(self, clock: Clock, item: str | None) -> Target | None:
        policy = self._known.policy
        return policy.target(clock, self._known.facts, item) if policy else None

    def _basis(self, limit: Target | int) -> Basis:
        """By the calendar that the rule names, else the office's usual one; of an office without one its own code."""
        named = None if isinstance(limit, int) else limit.calendar
        office = self._known.facts.office
        calendar = named or self._calendars.offices.get(office, (office,))[0]
        return Basis(limit, calendar, self._known.version, self._known.lost)

    def _there(self) -> Iterator[Tape]:
        return (tape for tape in self.tapes if tape.ended is None)

    def _items(self) -> Iterator[Tape]:
        return (tape for tape in self._there() if tape.clock is Clock.ITEM)

    def _of(self, clock: Clock, item: str | None) -> Iterator[Tape]:
        return (tape for tape in self._there() if (tape.clock, tape.item) == (clock, item))


_WITH_UNIT = frozenset({Stage.DISPATCHED, Stage.ACCEPTED, Stage.WORKING, Stage.SUSPENDED})
_CHANGES: Mapping[type[Event], Callable[[_Reader, Entry, Any], None]] = {
    dispatch.Planned: _Reader.planned,
    dispatch.ItemDone: _Reader.item_done,
    dispatch.ReworkOrdered: _Reader.rework,
    dispatch.Extended: _Reader.extended,
    dispatch.AttentionOrdered: _Reader.ordered,
    dispatch.AttentionAnswered: _Reader.answered,
}
