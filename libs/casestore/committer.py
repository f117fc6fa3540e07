"""Grouped commits: appends that arrive together are written in one transaction.

A few groups are in flight at once, never two that name the same case, key or claim. Heads and keys are read and the group
is planned before its transaction begins, so what remains inside is writing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from time import monotonic
from typing import Any
from uuid import UUID

import pymongo
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from libs.casestore.append import Append
from libs.casestore.group import Plan, Result, Taken, plan
from libs.casestore.transaction import Conflict, LogAccess, Unresolved, is_away, jitter
from libs.casestore.waiting import Grouping, Waiting, take
from libs.casework.refusal import Refusal


class StoreAway(ConnectionError):
    """MongoDB did not take the append in time. It may or may not be in the log: try again with the same key."""


class Committer:
    """Takes appends from anywhere in the process and commits them in groups."""

    def __init__(
        self,
        database: AsyncDatabase[dict[str, Any]],
        *,
        clock: Callable[[], int],
        new_id: Callable[[], UUID],
        grouping: Grouping,
    ) -> None:
        self._access = LogAccess(database)
        self._clock, self._new_id, self._grouping = clock, new_id, grouping
        self._queue: deque[Waiting] = deque()
        self._in_flight: set[Hashable] = set()
        self._news, self._idle, self._picking = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._idle.set()
        self._lanes: list[asyncio.Task[None]] = []
        self._stopped = False
        self._progress = monotonic()

    def start(self) -> None:
        """Begin to commit."""
        self._stopped = False
        self._lanes = [
            asyncio.create_task(self._lane(), name=f"committer-{number}")
            for number in range(self._grouping.flights)
        ]

    async def stop(self) -> None:
        """Commit what waits, then end. What comes later is answered with `StoreAway`."""
        self._stopped = True
        if self._lanes:
            await self._idle.wait()
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)
        self._lanes = []

    def submit(self, append: Append) -> "asyncio.Future[Result]":
        """The future answer. A caller that is cancelled leaves its append to be committed with its group."""
        if self._stopped:
            raise StoreAway("this store was stopped")
        waiting = Waiting(append, asyncio.get_running_loop().create_future(), monotonic())
        self._queue.append(waiting)
        self._idle.clear()
        self._news.set()
        return waiting.result

    async def submit_all(self, appends: Sequence[Append]) -> list[Result]:
        """One result an append, in order. The first that fails fails the call; the others are committed all the same."""
        return await asyncio.gather(*(self.submit(append) for append in appends))

    async def _lane(self) -> None:
        while True:
            group = await self._next()
            try:
                await self._settle(group)
            except asyncio.CancelledError:
                _fail(group, StoreAway("stopped before it was committed"))
                raise
            finally:
                self._in_flight -= _names(group)
                self._news.set()
            if not self._queue and not self._in_flight:
                self._idle.set()

    async def _next(self) -> list[Waiting]:
        async with self._picking:
            while True:
                await self._news.wait()
                if len(self._queue) < self._grouping.most:
                    await asyncio.sleep(self._grouping.window_s)
                self._news.clear()
                group = take(self._queue, self._in_flight, self._grouping)
                self._in_flight |= _names(group)
                if group and self._queue:
                    self._news.set()
                if group:
                    return group

    async def _settle(self, group: Sequence[Waiting]) -> None:
        """Answer everybody in the group, one way or the other."""
        until = max(self._progress, *(each.since for each in group)) + self._grouping.patience_s
        attempt = 0
        doubted: frozenset[Taken] = frozenset()
        while error := await self._error_of(group, doubted, until, hopeful=attempt == 0):
            attempt += 1
            duplicate = error.duplicate if isinstance(error, Conflict) else None
            if not _may_pass(error) or (duplicate in doubted and len(group) > 1):
                # One of them cannot be planned or written, or two want the same name: alone, each gets its own answer.
                await self._apart(group, error)
                return
            doubted |= {duplicate} if duplicate else frozenset()
            if monotonic() >= until:
                _fail(group, StoreAway(f"nothing committed in time: {type(error).__name__}"))
                return
            await asyncio.sleep(jitter(attempt, 0.05 if isinstance(error, Conflict) else 1.0))
        self._progress = monotonic()

    async def _error_of(
        self, group: Sequence[Waiting], doubted: frozenset[Taken], until: float, *, hopeful: bool
    ) -> Exception | None:
        appends = [each.append for each in group]
        try:
            # Bounds every wait on the server: without it a frozen one would hold its group for ever.
            with pymongo.timeout(max(0.001, until - monotonic())):
                planned = await self._planned(appends, doubted, hopeful)
                if planned.events:
                    await self._access.write(planned, until)
        except Exception as error:
            return error
        for each, result in zip(group, planned.results, strict=True):
            each.answer(result)
        return None

    async def _planned(self, appends: Sequence[Append], doubted: frozenset[Taken], hopeful: bool) -> Plan:
        """At first in the hope that nothing has changed; before anybody is refused, from what the database holds."""
        if hopeful:
            planned = plan(appends, await self._access.hoped(appends), self._clock(), self._new_id)
            if not any(isinstance(result, Refusal) for result in planned.results):
                return planned
        known = await self._access.known(appends, doubted)
        return plan(appends, known, self._clock(), self._new_id)

    async def _apart(self, group: Sequence[Waiting], error: Exception) -> None:
        if isinstance(error, Unresolved):
            _fail(group, StoreAway("nobody can say whether it was committed"))
        elif len(group) == 1:
            _fail(group, error)
        else:
            for each in group:
                await self._settle([each])


def _may_pass(error: Exception) -> bool:
    return isinstance(error, Conflict) or (isinstance(error, PyMongoError) and is_away(error))


def _names(group: Sequence[Waiting]) -> set[Hashable]:
    return {name for each in group for name in each.names}


def _fail(group: Sequence[Waiting], error: Exception) -> None:
    for each in group:
        each.fail(error)
