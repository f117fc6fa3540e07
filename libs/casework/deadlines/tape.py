"""One clock while the log is read: it is started, changes what it does, is done, ends. Used by `clocks` alone."""

from dataclasses import dataclass, field, replace

from libs.casework.calendar.calendars import Calendars
from libs.casework.deadlines.learned import Move
from libs.casework.deadlines.policies import Target
from libs.casework.deadlines.reckoning import Extension
from libs.casework.deadlines.timed import Moved, Running, State, Stretch, Timed, key_of, reckoned
from libs.casework.deadlines.vocabulary import Clock


@dataclass(frozen=True, slots=True)
class Basis:
    """What a clock goes by. `limit` is a target or an agreed instant (µs UTC); `lost` says why nobody knows the version."""

    limit: Target | int
    calendar: str
    version: str
    lost: str | None = None


@dataclass(slots=True)
class Tape:
    """`unit` is who does a work item, `moves` the policy versions it went through. `ended` None: it may still go on, even when it is done."""

    clock: Clock
    item: str | None
    generation: int
    basis: Basis
    unit: str | None = None
    stretches: list[Stretch] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    done: bool = False
    ended: State | None = None

    @property
    def key(self) -> str:
        """As events name it."""
        return key_of(self.clock, self.item)

    @property
    def limit(self) -> Target | int:
        """The target, or the agreed instant (µs UTC)."""
        return self.basis.limit

    def turn(self, at: int, running: Running, why: str, charged_to: str) -> None:
        """From `at` on it does this. While it goes on as it did, what began it stays the reason."""
        if self.stretches:
            last = self.stretches[-1]
            same_pause = running is not Running.PAUSED or last.why == why
            if (last.running, last.charged_to) == (running, charged_to) and same_pause:
                return
            self._close(at, keep=0)
        self.stretches.append(Stretch(at, None, running, why, charged_to))

    def end(self, at: int, state: State) -> None:
        """It goes on no more."""
        if self.stretches[-1].running is not Running.DONE:
            self._close(at, keep=1)
        self.ended = state

    def _close(self, at: int, keep: int) -> None:
        """The last stretch ends; one of no length is on nobody's account and forgotten, as long as `keep` are left."""
        last = self.stretches.pop()
        if last.begin < at or len(self.stretches) < keep:
            self.stretches.append(replace(last, end=at))

    def with_basis(self, basis: Basis, move: Move | None) -> "Tape":
        """The clock that goes on in its place, from the same beginning, by something else; `move` if somebody moved it."""
        moved = [Moved(move.at, self.basis.version, basis.version, move.reason, self.limit)] if move else []
        return replace(
            self,
            basis=basis,
            stretches=list(self.stretches),
            extensions=list(self.extensions),
            moves=self.moves + moved,
        )

    def timed(self, calendars: Calendars, known_until: int) -> Timed:
        """What was read, with its deadline."""
        stretches, extensions = tuple(self.stretches), tuple(self.extensions)
        basis, limit = self.basis, self.limit
        found = basis.lost or reckoned(calendars, basis.calendar, stretches, extensions, limit)
        return Timed(
            clock=self.clock,
            item=self.item,
            generation=self.generation,
            state=self._state(),
            target=None if isinstance(limit, int) else limit,
            agreed_due=limit if isinstance(limit, int) else None,
            policy=basis.version,
            calendar=basis.calendar,
            stretches=stretches,
            extensions=extensions,
            moves=tuple(self.moves),
            reckoning=None if isinstance(found, str) else found,
            trouble=found if isinstance(found, str) else None,
            ended_at=self._ended_at(),
            known_until=known_until,
        )

    def _state(self) -> State:
        if self.done and self.ended is not State.SUPERSEDED:
            return State.DONE
        paused = self.stretches[-1].running is Running.PAUSED
        return self.ended or (State.PAUSED if paused else State.RUNNING)

    def _ended_at(self) -> int | None:
        last = self.stretches[-1]
        if last.running is Running.DONE:
            return last.begin
        return last.end if self.ended or self.done else None
