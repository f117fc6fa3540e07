"""Says what is due: read the rows, read the logs, decide, append in one go, keep when to look again.

What makes it happen once is the append's key; what makes it true is that a breach is appended to exactly the log that was
read. So two of these may run at once, and one may die anywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.casestore.append import Append, Appended
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import AtSeq, Change, Speaker, Whatever
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.plumbing.logs import logger
from libs.stages.reactor import machine_actor
from services.sla.foresight import Foresight, Thought, think_of
from services.sla.handlers import row_of
from services.sla.lines import Line
from services.sla.rows import UNREADABLE, Row, Rows
from services.sla.rules import Reference, Saying, to_say
from services.sla.state import State

MOST = 2000
"""Cases at a time: enough groups of the store to keep all its flights busy."""
LATER_US = 5_000_000
"""After this a case that the store refused is looked at again, unless the news of its change comes first."""
SPEAKER = Speaker(Service.SLA, machine_actor(Service.SLA))
log = logger(__name__)
Result = Appended | Refusal


@dataclass(frozen=True, slots=True)
class Plan:
    """Of a case as it was at `seq`: what is still to be said at all, and the first of it that is said now.

    `beforehand`: it was thought out before, so that the log may have grown since. `case`: as it was at `seq`, if it is known.
    `lines` None: those on the board stand.
    """

    case_id: UUID
    seq: int
    ahead: tuple[Saying, ...]
    now: tuple[Saying, ...]
    beforehand: bool = False
    case: Case | None = None
    lines: tuple[Line, ...] | None = None

    def appends(self) -> Iterator[tuple[Saying, Append]]:
        """A warning is put on top of whatever has come since the log was read; a breach, and what was thought out
        beforehand, on exactly that log and our own words before it."""
        for index, saying in enumerate(self.now):
            exactly = saying.breach or self.beforehand
            expect = AtSeq(self.seq + index) if exactly else Whatever()
            change = Change(self.case_id, expect, (saying.event,))
            seen = (self.case,) if self.case and index == 0 else ()
            yield saying, Append((change,), SPEAKER, saying.key(self.case_id), seen=seen)


class Firing:
    """Fires in one process. `clock` gives µs UTC."""

    def __init__(
        self, store: CaseStore, rows: Rows, data: Reference, clock: Callable[[], int], state: State
    ) -> None:
        self._store, self._rows, self._data = store, rows, data
        self._clock, self._state = clock, state
        self._foresight = Foresight(store, rows, data, clock)

    async def think(self) -> bool:
        """Think ahead a little; False when there is nothing to think of now."""
        return await self._foresight.think()

    async def once(self) -> int:
        """Say what is due now, the earliest first; returns how many cases were looked at."""
        now = self._clock()
        rows = await self._rows.due(now, MOST)
        if not rows:
            return 0
        # Beyond a full page others are due before the later sayings of these: in order of instants, over all cases.
        until = min(now, rows[-1].at or now) if len(rows) == MOST else now
        results = await self._say(plans := await self._plans(rows, until))
        after = [(plan, row) for plan in plans if (row := _row_after(plan, results, now))]
        await self._rows.put([row for _, row in after])
        self._foresight.keep({plan.case_id: rest for plan, row in after if (rest := _rest(plan, row))})
        return len(rows)

    async def _plans(self, rows: Sequence[Row], until: int) -> list[Plan]:
        thoughts = self._foresight.take(rows)
        plans = [_plan(case_id, thought, until, beforehand=True) for case_id, thought in thoughts.items()]
        others = [row.case_id for row in rows if row.case_id not in thoughts]
        logs = await self._store.logs(others) if others else {}
        fresh = await think_of(logs, self._data)
        await self._forget(others, logs, fresh)
        known = {row.case_id: row.seq for row in rows}
        return plans + [
            _plan(case_id, thought, until, moved=known[case_id] != thought.seq)
            for case_id, thought in fresh.items()
        ]

    async def _forget(
        self, read: Iterable[UUID], logs: Mapping[UUID, object], going_on: Mapping[UUID, object]
    ) -> None:
        """Cases that have ended have no row; one that cannot be read is not looked at before something changes."""
        await self._rows.forget([case_id for case_id in read if case_id not in going_on])
        unreadable = [Row(case_id, UNREADABLE) for case_id in read if case_id not in logs]
        await self._rows.put(unreadable)

    async def _say(self, plans: Iterable[Plan]) -> dict[tuple[UUID, Saying], Result]:
        pairs = [(plan.case_id, *pair) for plan in plans for pair in plan.appends()]
        pairs.sort(key=lambda pair: pair[1].instant)
        results = await self._store.append_many([append for _, _, append in pairs])
        at = self._clock()
        for (case_id, saying, _), result in zip(pairs, results, strict=True):
            self._note(case_id, saying, result, at)
        return {(pair[0], pair[1]): result for pair, result in zip(pairs, results, strict=True)}

    def _note(self, case_id: UUID, saying: Saying, result: Result, at: int) -> None:
        if isinstance(result, Appended):
            if not result.already:
                self._state.said(saying, (at - saying.instant) / 1_000_000)
        elif result.code is not Why.STALE:
            log.warning("saying_refused", case=str(case_id), what=saying.what, why=result.detail)


def _plan(
    case_id: UUID, thought: Thought, until: int, *, beforehand: bool = False, moved: bool = False
) -> Plan:
    said, lines = to_say(thought.ahead, until), thought.lines if moved else None
    return Plan(case_id, thought.seq, thought.ahead, said, beforehand, thought.case, lines)


def _row_after(plan: Plan, results: Mapping[tuple[UUID, Saying], Result], now: int) -> Row | None:
    """When to look again. None: at once, since the case has moved on meanwhile."""
    answers = [results[plan.case_id, saying] for saying in plan.now]
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    if any(answer.code is Why.STALE for answer in refused):
        return None
    if refused:
        return Row(plan.case_id, plan.seq, now + LATER_US, lines=plan.lines)
    return row_of(plan.case_id, _seq_after(plan.seq, answers), plan.ahead[len(plan.now) :], plan.lines)


def _rest(plan: Plan, row: Row) -> Thought | None:
    """What is left to be said of a case of which nothing was refused: thought out already, on a log that only we made longer."""
    left = plan.ahead[len(plan.now) :]
    return Thought(row.seq, left) if left and row.at == left[0].instant else None


def _seq_after(seq: int, answers: Iterable[Result]) -> int:
    """How far the log is known: over our own words, as long as nobody has spoken between them."""
    for answer in answers:
        if isinstance(answer, Refusal) or answer.spans[0].first_seq != seq + 1:
            break
        seq = answer.spans[0].last_seq
    return seq
