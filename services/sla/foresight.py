"""Thinks ahead: what will be due within the minute is decided before its moment, so that then only appending is left.

Nothing rests on it. What was thought out is appended to exactly the log that was read, and decided anew where that has grown.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.deadlines.clocks import read
from libs.casework.entry import Entry
from libs.casework.vocabulary import OPEN
from services.sla.lines import Line, lines_of
from services.sla.rows import Row, Rows
from services.sla.rules import Reference, Saying, unsaid, with_levels

AHEAD_US, LOOK_US = 60_000_000, 1_000_000
KEPT = 20_000
"""Cases held in memory at most, two or three KiB each."""
FEW = 50
"""Cases at a time: what falls due meanwhile waits some 20 ms for them."""


@dataclass(frozen=True, slots=True)
class Thought:
    """Of a case as it was at `seq`: all that is still to be said, in order, and its lines on the board. `case` spares the
    store a read when it is said."""

    seq: int
    ahead: tuple[Saying, ...]
    lines: tuple[Line, ...] = ()
    case: Case | None = None


async def think_of(logs: Mapping[UUID, Sequence[Entry]], data: Reference) -> dict[UUID, Thought]:
    """Think of the open ones of these cases, by their whole logs. In between others get a turn: a lease has to be renewed."""
    found: dict[UUID, Thought] = {}
    for number, (case_id, log) in enumerate(logs.items(), 1):
        if log[-1].stage in OPEN:
            found[case_id] = _thought(log, data)
        if number % FEW == 0:
            await asyncio.sleep(0)
    return found


def _thought(log: Sequence[Entry], data: Reference) -> Thought:
    timed, facts = read(log, data.policies, data.calendars)
    levelled = with_levels(timed, data)
    return Thought(log[-1].seq, unsaid(log, timed, levelled, data.policies), lines_of(log, facts, levelled))


class Foresight:
    """The thoughts of one process. `clock` gives µs UTC."""

    def __init__(self, store: CaseStore, rows: Rows, data: Reference, clock: Callable[[], int]) -> None:
        self._store, self._rows, self._data, self._clock = store, rows, data, clock
        self._thoughts: dict[UUID, Thought] = {}
        self._todo: deque[Row] = deque()
        self._looked = 0

    async def think(self) -> bool:
        """Think of a few cases; False when there is nothing to think of now."""
        if not self._todo:
            await self._look()
        these = [self._todo.popleft() for _ in range(min(FEW, len(self._todo)))]
        if these:
            self._thoughts |= await self._thoughts_of([row.case_id for row in these])
        return bool(these)

    def take(self, rows: Iterable[Row]) -> dict[UUID, Thought]:
        """What was thought of these cases and still stands as far as their rows know; it is forgotten here."""
        found = {row.case_id: (row.seq, self._thoughts.pop(row.case_id, None)) for row in rows}
        return {each: thought for each, (seq, thought) in found.items() if thought and thought.seq == seq}

    def keep(self, thoughts: Mapping[UUID, Thought]) -> None:
        """Keep what was thought out and comes soon: after a time down much is due at once, again and again of the same cases."""
        soon = self._clock() + AHEAD_US
        for case_id, thought in thoughts.items():
            if len(self._thoughts) < KEPT and thought.ahead[0].instant <= soon:
                self._thoughts[case_id] = thought

    async def _thoughts_of(self, case_ids: Sequence[UUID]) -> dict[UUID, Thought]:
        logs, cases = await asyncio.gather(self._store.logs(case_ids), self._store.load_readable(case_ids))
        thoughts = await think_of(logs, self._data)
        return {each: _with_case(thought, cases.get(each)) for each, thought in thoughts.items()}

    async def _look(self) -> None:
        now = self._clock()
        if abs(now - self._looked) < LOOK_US:
            return
        self._looked = now
        coming = await self._rows.coming(now, now + AHEAD_US, KEPT)
        known = {each: thought.seq for each, thought in self._thoughts.items()}
        self._todo = deque(row for row in coming if known.get(row.case_id) != row.seq)
        there = {row.case_id for row in coming}
        self._thoughts = {each: thought for each, thought in self._thoughts.items() if each in there}


def _with_case(thought: Thought, case: Case | None) -> Thought:
    # Their lines are written already, and many.
    return replace(thought, lines=(), case=case if case and case.seq == thought.seq else None)
