"""What the monitor has to say of a case, and from when on. Pure: log, reviewed data, an instant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from libs.casework.calendar import Calendars
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.learned import version_after
from libs.casework.deadlines.levels import Reached, levels
from libs.casework.deadlines.policies import Level, Policies
from libs.casework.deadlines.timed import State, Timed
from libs.casework.entry import Entry
from libs.casework.events.oversight import DeadlineBreached, DeadlineEscalated, DeadlineWarned
from libs.casework.vocabulary import OPEN

Event = DeadlineWarned | DeadlineBreached | DeadlineEscalated
SaidAs = tuple[str, str, int, str]
"""Type of event, clock, generation, id of the level (empty: a breach has none). Numbers mean something within one version."""
FORM = "rows 3"
"""What is kept of a case; a row of another form is made again."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The reviewed data that deadlines go by."""

    policies: Policies
    calendars: Calendars

    @property
    def version(self) -> str:
        """Both versions and the form of what is kept, in one: what was computed by another one has to be computed again."""
        return f"policies {self.policies.version}, calendars {self.calendars.version}, {FORM}"


@dataclass(frozen=True, slots=True)
class Saying:
    """What may be said from `instant` (µs UTC) on: the clock reaches `level`. `number` counts the policy's levels from 1."""

    instant: int
    number: int
    level: Level
    clock: str
    generation: int
    due_at: int

    @property
    def what(self) -> str:
        """`resolution:1:3`: clock, generation, level."""
        return f"{self.clock}:{self.generation}:{self.number}"

    @property
    def breach(self) -> bool:
        """Whether it says that the deadline has passed."""
        return self.level.used == 1

    @property
    def name(self) -> SaidAs:
        """As the log knows it."""
        kind = _kind(self.level)
        return (kind.name(), self.clock, self.generation, "" if self.breach else self.level.id)

    @property
    def event(self) -> Event:
        """As it is said."""
        clock, generation, due_at = self.clock, self.generation, self.due_at
        if self.breach:
            return DeadlineBreached(clock=clock, generation=generation, due_at=due_at)
        if self.level.used < 1:
            return DeadlineWarned(clock=clock, generation=generation, due_at=due_at, level=self.number)
        return DeadlineEscalated(
            clock=clock, generation=generation, due_at=due_at, level=self.number, tell=self.level.tell
        )

    def key(self, case_id: UUID) -> str:
        """Makes it happen once, whoever says it and however often. A deadline that moved is another one."""
        return f"sla:{case_id}:{self.clock}:{self.generation}:{self.due_at}:{self.level.id}"


@dataclass(frozen=True, slots=True)
class Levelled:
    """A clock with a deadline, and its levels in order: number (from 1), level, from when on (µs UTC)."""

    timed: Timed
    levels: tuple[tuple[int, Level, int], ...]

    @property
    def due(self) -> int:
        """The deadline (µs UTC)."""
        assert self.timed.due is not None, "only clocks with a deadline have levels"
        return self.timed.due


def ahead(log: Sequence[Entry], data: Reference) -> tuple[Saying, ...]:
    """Everything that is still to be said if nothing happens any more, in order of instants; nothing once the case ended."""
    if not log or log[-1].stage not in OPEN:
        return ()
    timed = clocks(log, data.policies, data.calendars)
    return unsaid(log, timed, with_levels(timed, data), data.policies)


def unsaid(
    log: Iterable[Entry], timed: Iterable[Timed], levelled: Iterable[Levelled], policies: Policies
) -> tuple[Saying, ...]:
    """What is still to be said of an open case with that log and all these clocks, in order of instants."""
    said = _said(log, policies, timed)
    open_ones = (each for one in levelled for each in _sayings(one) if not _was_said(each, said))
    return tuple(sorted(open_ones, key=lambda each: (each.instant, each.number)))


def with_levels(clocks: Iterable[Timed], data: Reference) -> tuple[Levelled, ...]:
    """Those of the clocks that were not superseded and have a deadline, each with when it reaches which level."""
    return tuple(
        Levelled(one, tuple(_numbered(one, data)))
        for one in clocks
        if one.due is not None and one.state is not State.SUPERSEDED
    )


def to_say(sayings: Iterable[Saying], now: int) -> tuple[Saying, ...]:
    """What is to be said at `now` (µs UTC), up to the first breach: that is decided on the exact log, what follows after it."""
    found: list[Saying] = []
    for each in takewhile(lambda one: one.instant <= now, sayings):
        found.append(each)
        if each.breach:
            break
    return tuple(found)


def levels_of(one: Timed, data: Reference) -> tuple[Reached, ...]:
    """When the clock reaches which level; nothing where there is no deadline."""
    if one.reckoning is None:
        return ()
    return levels(one, data.policies.get(one.policy), data.calendars.get(one.calendar))


def _sayings(levelled: Levelled) -> Iterator[Saying]:
    """A clock that has ended calls nobody to act any more; that it was late remains to be said."""
    one, due = levelled.timed, levelled.due
    for number, level, at in levelled.levels:
        # What is done exactly when it is due is in time: it has passed a microsecond later.
        instant = at if level.used < 1 else at + 1
        late = level.used == 1 and one.overdue(due)
        if one.open or late:
            yield Saying(instant, number, level, one.key, one.generation, due)


def _numbered(one: Timed, data: Reference) -> Iterator[tuple[int, Level, int]]:
    policy = data.policies.get(one.policy)
    numbers = {level.id: number for number, level in enumerate(policy.levels, 1)}
    return ((numbers[each.level.id], each.level, each.at) for each in levels_of(one, data))


def _kind(level: Level) -> type[Event]:
    if level.used < 1:
        return DeadlineWarned
    return DeadlineBreached if level.used == 1 else DeadlineEscalated


def _said(log: Iterable[Entry], policies: Policies, timed: Iterable[Timed]) -> Mapping[SaidAs, Entry]:
    """The newest entry by which each was said."""
    said, version = dict[SaidAs, Entry](), policies.policies[0].id
    due_under: dict[tuple[str, int, int | None], set[str]] = {}
    for one in timed:
        due_under.setdefault((one.key, one.generation, one.due), set()).add(one.policy)
    for entry in log:
        version = version_after(entry, version, policies)
        if isinstance(entry.data, Event):
            event = entry.data
            # A warning that was under way while the case was moved is about the deadline by the version before.
            under = due_under.get((event.clock, event.generation, event.due_at), {version})
            said[_name(event, policies, version if version in under else min(under))] = entry
    return said


def _was_said(saying: Saying, said: Mapping[SaidAs, Entry]) -> bool:
    """A deadline that moves calls again only for what lies ahead again: after a pause the same warning would be noise."""
    entry = said.get(saying.name)
    if entry is None or not isinstance(entry.data, Event):
        return False
    return entry.data.due_at == saying.due_at or saying.instant <= entry.at


def _name(event: Event, policies: Policies, version: str) -> SaidAs:
    level = "" if isinstance(event, DeadlineBreached) else _level_id(policies, version, event.level)
    return (event.name(), event.clock, event.generation, level)


def _level_id(policies: Policies, version: str, number: int) -> str:
    """The level of that number in the version that held then; the number itself where nobody knows it any more."""
    found = next((one for one in policies.policies if one.id == version), None)
    return found.levels[number - 1].id if found and 0 < number <= len(found.levels) else str(number)
