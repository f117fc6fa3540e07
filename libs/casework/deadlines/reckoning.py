"""How a deadline comes about: the limit from its beginning, then every pause and every extension, one move after the other.

This is what a person would do on paper, so the moves are kept: the explanation is written from them.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from libs.casework.calendar.amount import Amount
from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.meters import Meter


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nothing counts, from `begin` to `end` (µs UTC; None: it goes on), and why."""

    begin: int
    end: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Extension:
    """More time (延期): `amount` on top, approved by `approver` at `at` (µs UTC), for a reason of the office's list."""

    at: int
    amount: Amount
    approver: str
    reason: str


class Cause(StrEnum):
    """What set or moved a deadline."""

    LIMIT = "limit"
    AGREED = "agreed"
    PAUSE = "pause"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Move:
    """One step of the reckoning: by `cause` the deadline went from `before` (for a limit: the beginning) to `after`.

    `gap` or `extension` is what moved it; `after` None: a pause that goes on, so that nobody can tell yet.
    """

    cause: Cause
    before: int
    after: int | None
    gap: Gap | None = None
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A deadline with all its moves. `due` None: paused before it came, for as long as the pause goes on."""

    begin: int
    amount: Amount | None
    due: int | None
    moves: tuple[Move, ...]


def reckon(
    calendar: Calendar,
    begin: int,
    amount: Amount,
    gaps: Sequence[Gap] = (),
    extensions: Sequence[Extension] = (),
) -> Reckoning:
    """When `amount`, counted from `begin`, ends. `gaps` in order, none overlapping another; none before `begin`.

    A gap counts when it begins before the deadline as it stands; an extension counts from the deadline that it extends.
    Raises `UnknownYear` and `AmountError` as the calendar does.
    """
    ahead = deque(gaps)
    moves = [Move(Cause.LIMIT, begin, calendar.add(begin, amount))]
    moves += _paused(calendar.meters[amount.unit], ahead, moves[-1], begin)
    for extension in extensions:
        due = moves[-1].after
        if due is None:
            break
        meter = calendar.meters[extension.amount.unit]
        moves.append(_extended(calendar, due, extension))
        # The day of the old deadline is the extension's first day, which does not count.
        moves += _paused(meter, ahead, moves[-1], due - 1)
    return Reckoning(begin, amount, moves[-1].after, tuple(moves))


def agreed(calendar: Calendar, begin: int, due: int, extensions: Sequence[Extension] = ()) -> Reckoning:
    """A deadline that was agreed as an instant: no pause moves it, an extension does."""
    moves = [Move(Cause.AGREED, begin, due)]
    for extension in extensions:
        moves.append(_extended(calendar, moves[-1].after or due, extension))
    return Reckoning(begin, None, moves[-1].after, tuple(moves))


def in_order(gaps: Iterable[Gap], begin: int) -> tuple[Gap, ...]:
    """Gaps as `reckon` takes them: sorted, cut to what lies after `begin`, those that overlap or touch joined."""
    found: list[Gap] = []
    for gap in sorted(gaps, key=lambda one: one.begin):
        if gap.end is not None and gap.end <= begin:
            continue
        last = found[-1] if found else None
        if last is not None and (last.end is None or gap.begin <= last.end):
            ends = None if last.end is None or gap.end is None else max(last.end, gap.end)
            found[-1] = replace(last, end=ends)
        else:
            found.append(replace(gap, begin=max(gap.begin, begin)))
    return tuple(found)


def _extended(calendar: Calendar, due: int, extension: Extension) -> Move:
    later = calendar.meters[extension.amount.unit].extended(due, extension.amount)
    return Move(Cause.EXTENSION, due, later, extension=extension)


def _paused(meter: Meter, ahead: deque[Gap], last: Move, start: int) -> list[Move]:
    """The moves by the gaps that begin before the deadline, taken off `ahead`."""
    moves, due = list[Move](), last.after
    while due is not None and ahead and ahead[0].begin < due:
        gap = ahead.popleft()
        moved = None if gap.end is None else meter.moved(due, gap.begin, gap.end, start)
        moves.append(Move(Cause.PAUSE, due, moved, gap=gap))
        due = moved
    return moves
