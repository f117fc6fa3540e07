"""A clock of a case as it was read from the log: its stretches, its limit, its deadline."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from libs.casework.calendar.amount import AmountError
from libs.casework.calendar.calendars import Calendars, UnknownCalendar
from libs.casework.calendar.spec import UnknownYear
from libs.casework.deadlines.policies import Target
from libs.casework.deadlines.reckoning import Extension, Gap, Reckoning, agreed, reckon
from libs.casework.deadlines.vocabulary import Clock


class Running(StrEnum):
    """Whether a stretch counts: it runs, a pause stops it, or the work is done and lies with somebody else."""

    COUNTS = "counts"
    PAUSED = "paused"
    DONE = "done"


class State(StrEnum):
    """How a clock stands. `done`: what it times has happened; `left`: the case ended or passed on without it.

    `superseded`: its limit changed, and the next clock of the same generation goes on with the new one.
    """

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    LEFT = "left"
    SUPERSEDED = "superseded"

    @property
    def zh(self) -> str:
        """The state in Chinese."""
        return {
            "running": "计时中",
            "paused": "暂停",
            "done": "已完成",
            "left": "终止",
            "superseded": "已变更",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` to `end` (µs UTC; None: until now) the clock did this, because of that, on somebody's account.

    `why` is the event that began it (`dispatched.v1`) or the pause; `charged_to` a unit, `office` or `checker`.
    """

    begin: int
    end: int | None
    running: Running
    why: str
    charged_to: str


@dataclass(frozen=True, slots=True)
class Moved:
    """At `at` (µs UTC) the case was moved to another policy version while the clock ran by `limit` (a target, or agreed)."""

    at: int
    from_version: str
    to_version: str
    reason: str
    limit: Target | int


@dataclass(frozen=True, slots=True)
class Timed:
    """One clock. `generation` counts its fresh starts in the case; `key` names it in events: `resolution`, `item:clear`.

    `policy` is the version that the case went by, `moves` how the clock came to it when it began under another one.
    `target` None: an agreed instant (`agreed_due`) instead of a limit. `known_until` is the time of the log's last entry:
    what lies before it is settled. `reckoning` None: `trouble` says why no deadline can be told.
    """

    clock: Clock
    item: str | None
    generation: int
    state: State
    target: Target | None
    agreed_due: int | None
    policy: str
    calendar: str
    stretches: tuple[Stretch, ...]
    extensions: tuple[Extension, ...]
    moves: tuple[Moved, ...]
    reckoning: Reckoning | None
    trouble: str | None
    ended_at: int | None
    known_until: int

    @property
    def key(self) -> str:
        """The clock's name in events and extensions."""
        return key_of(self.clock, self.item)

    @property
    def around_the_clock(self) -> bool:
        """Whether nights and holidays count: for urgent limits, and for an instant that was agreed."""
        return self.target is None or self.target.amount.unit.around_the_clock

    @property
    def begin(self) -> int:
        """When it was started (µs UTC)."""
        return self.stretches[0].begin

    @property
    def due(self) -> int | None:
        """The deadline (µs UTC); None while a pause goes on, or where no table reaches."""
        return self.reckoning.due if self.reckoning else None

    @property
    def open(self) -> bool:
        """Whether it may still run out."""
        return self.state in (State.RUNNING, State.PAUSED)

    def overdue(self, now: int) -> bool:
        """Whether the deadline has passed, or had passed when it ended."""
        return self.due is not None and (self.ended_at or now) > self.due


def key_of(clock: Clock, item: str | None) -> str:
    """`resolution`; `item:clear`."""
    return f"{clock}:{item}" if item else clock.value


def gaps_in(stretches: tuple[Stretch, ...]) -> tuple[Gap, ...]:
    """The stretches in which nothing counts, neighbours of one reason joined. Done for good holds nothing up."""
    found: list[Gap] = []
    for (running, why), group in groupby(stretches, key=lambda one: (one.running, one.why)):
        these = list(group)
        if running is Running.PAUSED or (running is Running.DONE and these[-1].end is not None):
            found.append(Gap(these[0].begin, these[-1].end, why))
    return tuple(found)


def reckoned(
    calendars: Calendars,
    calendar: str,
    stretches: tuple[Stretch, ...],
    extensions: tuple[Extension, ...],
    limit: Target | int,
) -> Reckoning | str:
    """The deadline of these stretches, by a limit or an agreed instant; or why it cannot be told."""
    try:
        used = calendars.get(calendar)
        if isinstance(limit, int):
            return agreed(used, stretches[0].begin, limit, extensions)
        return reckon(used, stretches[0].begin, limit.amount, gaps_in(stretches), extensions)
    except (UnknownCalendar, UnknownYear, AmountError, OverflowError) as error:
        return str(error)
