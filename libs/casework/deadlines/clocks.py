"""The clocks of a case, a pure function of its log, the policies and the calendars: `clocks(log, policies, calendars)`.

What was computed from a part of the log stays as it was when the log grows: stretches are only added. When a case is
classified anew, or filed under another policy version, its running clocks are superseded by clocks with the new limit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from libs.casework.calendar.calendars import Calendars
from libs.casework.deadlines.policies import Policies, Target
from libs.casework.deadlines.reckoning import Extension
from libs.casework.deadlines.signs import ENDINGS, SIGNS
from libs.casework.deadlines.tape import Tape
from libs.casework.deadlines.timed import Running, State, Timed, key_of
from libs.casework.deadlines.vocabulary import Clock, Facts, Pause
from libs.casework.entry import Entry
from libs.casework.events import dispatch, intake, triage
from libs.casework.events.model import Event
from libs.casework.fold import BrokenLog
from libs.casework.vocabulary import Stage

OFFICE, CHECKER = "office", "checker"
"""Whose account time is charged to when no unit has the work."""


def clocks(log: Iterable[Entry], policies: Policies, calendars: Calendars) -> tuple[Timed, ...]:
    """Every clock that the log has started, in the order of their starts. Raises `BrokenLog` when it begins with no report."""
    reader = _Reader(policies, calendars)
    for entry in log:
        reader.read(entry)
    return tuple(tape.timed(calendars, reader.known_until) for tape in reader.tapes)


class _Reader:
    """Reads a log once, from its first entry on."""

    def __init__(self, policies: Policies, calendars: Calendars) -> None:
        self._policies, self._calendars = policies, calendars
        self.tapes: list[Tape] = []
        self.known_until = 0
        self._facts: Facts | None = None
        self._policy = policies.policies[0]
        self._stage: Stage | None = None
        self._lead: str | None = None
        self._waits = False
        self._items_done: set[str] = set()
        self._starts: Counter[str] = Counter()

    def read(self, entry: Entry) -> None:
        """One entry more."""
        known = (self._facts, self._policy.id)
        self._learn(entry)
        if known != (self._facts, self._policy.id):
            self._limit_anew(entry.at)
        for clock in SIGNS:
            self._sign(clock, entry)
        change = _CHANGES.get(type(entry.data))
        if change:
            change(self, entry.at, entry.data)
        if entry.type in ENDINGS:
            self._end_all(entry.at)
        for tape in self._there():
            self._turn(tape, entry)
        self.known_until = entry.at

    def planned(self, at: int, data: dispatch.Planned) -> None:
        """Items start, go on, or drop out of the plan."""
        kept = {item.id for item in data.items}
        for tape in list(self._there()):
            if tape.item is not None and tape.item not in kept:
                tape.end(at, State.DONE if tape.done else State.LEFT)
        for item in data.items:
            self._plan(at, item)

    def item_done(self, at: int, data: dispatch.ItemDone) -> None:
        """One item is done, until rework opens it again."""
        self._items_done.add(data.item)
        for tape in self._of(Clock.ITEM, data.item):
            tape.done = True

    def rework(self, at: int, data: dispatch.ReworkOrdered) -> None:
        """The named items, or all, run again."""
        self._items_done -= set(data.items) or set(self._items_done)
        for tape in self._there():
            if tape.item is not None and tape.item not in self._items_done:
                tape.done = False

    def extended(self, at: int, data: dispatch.Extended) -> None:
        """More time for the clock of that name."""
        for tape in self._there():
            if tape.key == data.clock:
                tape.extensions.append(Extension(at, data.by, data.approver, data.reason))

    def _learn(self, entry: Entry) -> None:
        """What the entry says of the case itself."""
        data = entry.data
        if isinstance(data, intake.Reported):
            self._facts = Facts(entry.office, data.source, entry.public, grid=data.grid)
            self._policy = self._policies.in_force(entry.at)
        if self._facts is None:
            raise BrokenLog(f"a case begins with reported.v1 or split_off.v1, not {entry.type}")
        if isinstance(data, triage.Filed):
            self._policy = self._policies.in_force(entry.at)
        if isinstance(data, dispatch.Dispatched | dispatch.HandedOver):
            self._lead = data.lead
        self._facts = replace(self._facts, office=entry.office, public=entry.public, **_said(data))
        self._waits = _waits(self._waits, data, moved=entry.stage is not self._stage)
        self._stage = entry.stage

    def _limit_anew(self, at: int) -> None:
        """Running clocks whose limit is another one, by what is known now, are superseded."""
        for tape in list(self._there()):
            if tape.done or isinstance(tape.limit, int):
                continue
            target = self._target(tape.clock, tape.item)
            if target is not None and (target, self._calendar(target)) != (tape.limit, tape.calendar):
                self._supersede(tape, at, target)

    def _supersede(self, tape: Tape, at: int, limit: Target | int) -> None:
        self.tapes.append(tape.with_limit(limit, self._calendar(limit)))
        tape.end(at, State.SUPERSEDED)

    def _sign(self, clock: Clock, entry: Entry) -> None:
        signs = SIGNS[clock]
        for tape in list(self._of(clock, None)):
            if entry.type in signs.given_up and not tape.done:
                tape.end(entry.at, State.LEFT)
            elif entry.type in signs.again:
                tape.done = False
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
            self.tapes.append(Tape(clock, item, self._starts[key], limit, self._calendar(limit), unit))

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
        if tape.item is not None and self._stage is Stage.RESOLVED:
            return "resolved.v1"
        stands = {
            Pause.SUSPENSION: self._stage is Stage.SUSPENDED,
            Pause.WAITING_ON_RESIDENT: self._waits,
        }
        return next((one.value for one in Pause if stands[one] and self._policy.stops(tape.clock, one)), None)

    def _account(self, tape: Tape) -> str:
        if self._stage is Stage.RESOLVED:
            return CHECKER
        with_unit = self._stage in _WITH_UNIT
        return (tape.unit or self._lead or OFFICE) if with_unit else OFFICE

    def _target(self, clock: Clock, item: str | None) -> Target | None:
        assert self._facts is not None, "the first entry set them"
        return self._policy.target(clock, self._facts, item)

    def _calendar(self, limit: Target | int) -> str:
        """The calendar that the rule names, else the office's usual one; of an office without one its own code."""
        assert self._facts is not None, "the first entry set them"
        named = None if isinstance(limit, int) else limit.calendar
        return named or self._calendars.offices.get(self._facts.office, (self._facts.office,))[0]

    def _there(self) -> Iterator[Tape]:
        return (tape for tape in self.tapes if tape.ended is None)

    def _of(self, clock: Clock, item: str | None) -> Iterator[Tape]:
        return (tape for tape in self._there() if (tape.clock, tape.item) == (clock, item))


_WITH_UNIT = frozenset({Stage.DISPATCHED, Stage.ACCEPTED, Stage.WORKING, Stage.SUSPENDED})
_CHANGES: Mapping[type[Event], Callable[[_Reader, int, Any], None]] = {
    dispatch.Planned: _Reader.planned,
    dispatch.ItemDone: _Reader.item_done,
    dispatch.ReworkOrdered: _Reader.rework,
    dispatch.Extended: _Reader.extended,
}


def _said(data: Event) -> dict[str, Any]:
    """What an event says of the facts."""
    if isinstance(data, triage.Classified):
        return {name: getattr(data, name) for name in ("category", "urgency", "grid", "community")}
    if isinstance(data, triage.Filed):
        return {name: getattr(data, name) for name in ("category", "grid", "community")}
    if isinstance(data, triage.QueuedForClerk):
        place = ("grid", "community") if data.grid or data.community else ()
        said = ("urgency", *place) if data.urgency else place
        return {name: getattr(data, name) for name in said}
    return {}


def _waits(waits: bool, data: Event, *, moved: bool) -> bool:
    """Whether the resident has to answer first: until they do, add something, or the case moves on."""
    if isinstance(data, dispatch.ResidentAwaited):
        return True
    answered = isinstance(data, dispatch.ResidentAnswered | intake.DetailsAdded)
    return waits and not answered and not moved
