"""Grouped commits: appends that arrive together are written in one transaction.

One group at a time in each process. Nothing is computed inside the transaction: heads and keys are read and the group is
planned before it begins, so what remains is writing.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from pymongo import InsertOne, ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from libs.casestore.append import Append
from libs.casestore.documents import (
    CASES,
    CLAIMS,
    CODEC,
    EVENTS,
    answer_from,
    readable,
)
from libs.casestore.group import Known, Plan, Result, named, plan
from libs.casework.case import Case

WINDOW_S = 0.002
MOST = 200
PATIENCE_S = 20.0
_SAFE = WriteConcern(w="majority", j=True)
_MAJORITY = ReadConcern("majority")
_SNAPSHOT = ReadConcern("snapshot")
_CONFLICTS = frozenset({112, 251, 11000})
_AWAY = (ConnectionFailure, WaitQueueTimeoutError, ExecutionTimeout)


class StoreAway(ConnectionError):
    """MongoDB did not take the append in time. It may or may not be in the log: try again with the same key."""


class _Conflict(Exception):
    """Somebody else wrote first: read again and plan again."""


@dataclass(slots=True)
class _Waiting:
    append: Append
    result: asyncio.Future[Result] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Committer:
    """Takes appends from anywhere in the process and commits them in groups."""

    def __init__(
        self,
        database: AsyncDatabase[dict[str, Any]],
        *,
        clock: Callable[[], int],
        new_id: Callable[[], UUID],
        window_s: float = WINDOW_S,
        most: int = MOST,
    ) -> None:
        safe = database.with_options(codec_options=CODEC, write_concern=_SAFE, read_concern=_MAJORITY)
        self._database, self._events, self._cases = safe, safe[EVENTS], safe[CASES]
        self._claims = safe[CLAIMS]
        self._clock, self._new_id = clock, new_id
        self._window_s, self._most = window_s, most
        self._queue: deque[_Waiting] = deque()
        self._arrived, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to commit."""
        self._task = asyncio.create_task(self._run(), name="committer")

    async def stop(self) -> None:
        """Commit what waits, then end."""
        if self._task:
            await self._idle.wait()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def submit(self, appends: Iterable[Append]) -> list[Result]:
        """One result an append, in order. A caller that is cancelled leaves its appends to be committed."""
        waiting = [_Waiting(append) for append in appends]
        self._queue.extend(waiting)
        self._idle.clear()
        self._arrived.set()
        return [await asyncio.shield(each.result) for each in waiting]

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            if len(self._queue) < self._most:
                await asyncio.sleep(self._window_s)
            group = [self._queue.popleft() for _ in range(min(len(self._queue), self._most))]
            await self._settle(group)
            if not self._queue:
                self._arrived.clear()
                self._idle.set()

    async def _settle(self, group: list[_Waiting]) -> None:
        try:
            results = await self._commit([each.append for each in group])
        except asyncio.CancelledError:
            _fail(group, StoreAway("stopped before it was committed"))
            raise
        except Exception as error:
            _fail(group, error)
            return
        for each, result in zip(group, results, strict=True):
            if not each.result.done():
                each.result.set_result(result)

    async def _commit(self, appends: list[Append]) -> list[Result]:
        until = monotonic() + PATIENCE_S
        attempt = 0
        while True:
            attempt += 1
            try:
                group = plan(appends, await self._read(appends), self._clock(), self._new_id)
                if group.events:
                    await self._write(group)
                return group.results
            except _Conflict as conflict:
                error: Exception = conflict
            except _AWAY as away:
                error = away
            if monotonic() > until:
                raise StoreAway(f"not committed within {PATIENCE_S:g} s: {type(error).__name__}") from error
            await asyncio.sleep(_jitter(attempt, error))

    async def _read(self, appends: list[Append]) -> Known:
        cases, keys, claims = named(appends)
        heads, answers, taken = await asyncio.gather(
            self._heads(cases), self._answers(keys), self._taken(claims)
        )
        return Known(heads, answers, taken)

    async def _heads(self, cases: set[UUID]) -> dict[UUID, Case | None]:
        found = self._cases.find({"_id": {"$in": list(cases)}})
        return {each["_id"]: readable(each) async for each in found}

    async def _answers(self, keys: set[str]) -> dict[str, Any]:
        if not keys:
            return {}
        wanted = self._events.find({"key": {"$in": list(keys)}}, {"key": 1, "fp": 1, "spans": 1})
        return {each["key"]: answer_from(each) async for each in wanted}

    async def _taken(self, claims: set[str]) -> dict[str, UUID]:
        if not claims:
            return {}
        found = self._claims.find({"_id": {"$in": list(claims)}})
        return {each["_id"]: each["case_id"] async for each in found}

    async def _write(self, group: Plan) -> None:
        async with self._database.client.start_session() as session:
            try:
                async with await session.start_transaction(read_concern=_SNAPSHOT, write_concern=_SAFE):
                    await self._write_all(group, session)
            except (DuplicateKeyError, BulkWriteError, OperationFailure) as error:
                raise (_Conflict() if _is_conflict(error) else error) from error

    async def _write_all(self, group: Plan, session: AsyncClientSession) -> None:
        await self._events.insert_many(group.events, ordered=True, session=session)
        new = [InsertOne(document) for document in group.opened()]
        old = [ReplaceOne({"_id": each["_id"], "seq": seq}, each) for seq, each in group.changed()]
        written = await self._cases.bulk_write([*new, *old], ordered=True, session=session)
        if written.matched_count != len(old):
            raise _Conflict
        for collection, documents in group.others.items():
            await self._database[collection].insert_many(documents, ordered=True, session=session)


def _is_conflict(error: PyMongoError) -> bool:
    if error.has_error_label("TransientTransactionError"):
        return True
    if isinstance(error, BulkWriteError):
        return any(each.get("code") in _CONFLICTS for each in error.details.get("writeErrors", ()))
    return isinstance(error, OperationFailure) and error.code in _CONFLICTS


def _jitter(attempt: int, error: Exception) -> float:
    """Seconds: short after a conflict, longer while the database is away."""
    longest = 0.05 if isinstance(error, _Conflict) else 1.0
    return random.uniform(0, min(longest, 0.002 * 2**attempt))


def _fail(group: list[_Waiting], error: Exception) -> None:
    for each in group:
        if not each.result.done():
            each.result.set_exception(error)
