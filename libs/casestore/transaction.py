"""The two halves of a commit: read what a group has to know, write what was planned in one transaction.

Nothing is computed inside the transaction. What went wrong comes out as `Conflict` (somebody else wrote first: read again)
or as the driver's own error.
"""

import asyncio
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any
from uuid import UUID

from bson.binary import Binary
from pymongo import InsertOne, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)
from pymongo.read_concern import ReadConcern

from libs.casestore.append import Append, Appended
from libs.casestore.concerns import AS_STORED, ON_A_MAJORITYS_DISKS, safe
from libs.casestore.documents import CASES, CLAIMS, EVENTS, answer_from, readable
from libs.casestore.group import Known, Plan, Taken, hoped, named
from libs.casework.case import Case

_SNAPSHOT = ReadConcern("snapshot")
_DUPLICATE = 11000
_CONFLICTS = frozenset({112, 251, _DUPLICATE})


class Conflict(Exception):
    """Somebody else wrote first: read again and plan again. `duplicate`: what was there already, where that was said."""

    def __init__(self, duplicate: Taken | None = None) -> None:
        super().__init__(duplicate or "conflict")
        self.duplicate = duplicate


class Unresolved(Exception):
    """The commit was asked for, and until the end nobody could say whether it happened."""


class LogAccess:
    """Reads and writes for the committer."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self._database = safe(database)
        self._events, self._claims = self._database[EVENTS], self._database[CLAIMS]
        self._cases = self._database[CASES]
        self._heads_of = self._cases.with_options(codec_options=AS_STORED)

    async def hoped(self, appends: Sequence[Append]) -> Known:
        """What a group has to know if nothing stands in its way: only cases that no caller has seen are read.

        Whoever wrote a case, a key or a claim meanwhile is found by the write itself, or makes the plan refuse.
        """
        seen, unseen = hoped(appends)
        return Known(seen | (await self._heads(unseen) if unseen else {}), {}, {})

    async def known(self, appends: Iterable[Append], doubted: Iterable[Taken]) -> Known:
        """What a group has to know, one find for each sort, at once. `doubted`: what earlier attempts found in their way."""
        cases, keys, claims = named(appends)
        heads, answers, taken, in_the_way = await asyncio.gather(
            self._heads(cases), self._answers(keys), self._taken(claims), self._confirmed(doubted)
        )
        return Known(heads, answers, taken, in_the_way)

    async def _heads(self, cases: set[UUID]) -> dict[UUID, Case | None]:
        found = self._heads_of.find({"_id": {"$in": [Binary.from_uuid(each) for each in cases]}})
        return {UUID(bytes=each["_id"]): readable(each) for each in await found.to_list()}

    async def _answers(self, keys: set[str]) -> dict[str, tuple[Appended, bytes | None]]:
        if not keys:
            return {}
        wanted = self._events.find({"key": {"$in": list(keys)}}, {"key": 1, "fp": 1, "spans": 1})
        return {each["key"]: answer_from(each) for each in await wanted.to_list()}

    async def _taken(self, claims: set[str]) -> dict[str, UUID]:
        if not claims:
            return {}
        found = self._claims.find({"_id": {"$in": list(claims)}})
        return {each["_id"]: each["case_id"] for each in await found.to_list()}

    async def _confirmed(self, doubted: Iterable[Taken]) -> frozenset[Taken]:
        """Those of them that somebody else has: the others stood in our own group, or in a transaction that came to nothing."""
        return frozenset([each for each in doubted if await self._is_there(each)])

    async def _is_there(self, taken: Taken) -> bool:
        found = await self._database[taken.collection].find_one({taken.field: taken.value}, {"_id": 1})
        return found is not None

    async def write(self, plan: Plan, until: float) -> None:
        """All or nothing, on a majority's disks. `until` (monotonic seconds) bounds the asking whether it was committed."""
        async with (
            self._database.client.start_session() as session,
            await session.start_transaction(read_concern=_SNAPSHOT, write_concern=ON_A_MAJORITYS_DISKS),
        ):
            await self._write_all(plan, session)
            await _commit(session, until)

    async def _write_all(self, plan: Plan, session: AsyncClientSession) -> None:
        await self._insert(EVENTS, plan.events, session)
        new = [InsertOne(document) for document in plan.opened()]
        old = [UpdateOne({"_id": was.id, "seq": was.seq}, update) for was, update in plan.changed()]
        with _conflicts_in(CASES):
            written = await self._cases.bulk_write([*new, *old], ordered=True, session=session)
        if written.matched_count != len(old):
            raise Conflict
        for collection, documents in plan.others.items():
            await self._insert(collection, documents, session)

    async def _insert(
        self, collection: str, documents: Sequence[dict[str, Any]], session: AsyncClientSession
    ) -> None:
        with _conflicts_in(collection):
            await self._database[collection].insert_many(documents, ordered=True, session=session)


async def _commit(session: AsyncClientSession, until: float) -> None:
    """Commit; while nobody knows whether it was, ask again. Planning anew before that is known could do it twice."""
    attempt = 0
    while True:
        try:
            with _conflicts_in(EVENTS):
                await session.commit_transaction()
            return
        except PyMongoError as error:
            attempt += 1
            if not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            if monotonic() > until - 0.001:
                raise Unresolved from error
        await asyncio.sleep(jitter(attempt, 1.0))


def is_away(error: PyMongoError) -> bool:
    """Whether the database cannot be reached now, and may be later."""
    return isinstance(error, ConnectionFailure | WaitQueueTimeoutError) or error.timeout


def jitter(attempt: int, longest: float) -> float:
    """Seconds to wait before the next attempt (the first is 1)."""
    return random.uniform(0, min(longest, 0.002 * 2 ** min(attempt, 12)))


@contextmanager
def _conflicts_in(collection: str) -> Iterator[None]:
    try:
        yield
    except PyMongoError as error:
        if _is_conflict(error):
            raise Conflict(_duplicate(collection, error)) from error
        raise


def _is_conflict(error: PyMongoError) -> bool:
    if error.has_error_label("TransientTransactionError"):
        # Lost connections carry this label too: those are waited out, not raced.
        return not isinstance(error, ConnectionFailure)
    if isinstance(error, BulkWriteError):
        return any(each.get("code") in _CONFLICTS for each in error.details.get("writeErrors", ()))
    return isinstance(error, OperationFailure) and error.code in _CONFLICTS


def _duplicate(collection: str, error: PyMongoError) -> Taken | None:
    if not isinstance(error, BulkWriteError):
        return None
    first = error.details["writeErrors"][0] if error.details.get("writeErrors") else {}
    fields = list(first.get("keyPattern") or ())
    if first.get("code") != _DUPLICATE or len(fields) != 1:
        return None
    return Taken(collection, fields[0], first["op"].get(fields[0]))
