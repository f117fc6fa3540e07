"""Finds what the news missed: open cases whose row or lines are not as they are, and those of cases that have ended."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from libs.casestore.store import CaseStore
from services.sla import state
from services.sla.handlers import Keeper
from services.sla.rows import Rows

PAGE = 500
PAUSE_S = 1.0
Page = Callable[[UUID | None, int], Awaitable[list[UUID]]]


class Sweep:
    """Goes round all open cases, page by page along an index; the first round after a change of hands without pauses."""

    def __init__(self, store: CaseStore, rows: Rows, keeper: Keeper) -> None:
        self._store, self._rows, self._keeper = store, rows, keeper

    async def round(self, unchanged_since: int, pause_s: float = 0.0) -> int:
        """Once over everything that has not changed since (µs UTC): the news of the rest may be under way. Returns how many
        rows were made."""
        found = 0
        for office in await self._store.offices():
            found += await self._office(office, unchanged_since, pause_s)
        # Who forgets a case takes its lines first, and a slower one may put some between: they are on the board without a row.
        for page in (self._rows.page, self._rows.page_on_board):
            await self._ended(page, pause_s)
        state.rows.set(await self._rows.count())
        return found

    async def _office(self, office: str, unchanged_since: int, pause_s: float) -> int:
        found, after = 0, None
        while seqs := await self._store.open_seqs(office, unchanged_since, after, PAGE):
            known = await self._rows.whole(seqs)
            wrong = [each for each, seq in seqs.items() if known.get(each, 0) != seq]
            # No log gets shorter but by a restore, after which rows of the time before must not stand.
            await self._rows.forget([each for each in wrong if known.get(each, 0) > seqs[each]])
            await self._keeper.read_anew(wrong)
            state.healed.inc(len(wrong))
            found, after = found + len(wrong), max(seqs, key=_as_ordered)
            await asyncio.sleep(pause_s)
        return found

    async def _ended(self, page_after: Page, pause_s: float) -> None:
        after: UUID | None = None
        while page := await page_after(after, PAGE):
            await self._rows.forget(await self._store.ended(page))
            after = page[-1]
            await asyncio.sleep(pause_s)


def _as_ordered(case_id: UUID) -> bytes:
    return case_id.bytes
