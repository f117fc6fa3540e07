"""The case log read back from the database, for what is to be published again."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, NamedTuple
from uuid import UUID

from bson import Timestamp
from pymongo.asynchronous.database import AsyncDatabase

from libs.plumbing.mongo import Document
from services.relay.cursor import Cursor
from services.relay.stream import LOG

MOST = 1000
_FIELDS = {"body": 1, "at": 1, "seq": 1}


class Stored(NamedTuple):
    """An entry as stored. `at` in µs UTC."""

    id: UUID
    at: int
    seq: int
    body: bytes


async def since(
    database: AsyncDatabase[Document], at: int, time: Timestamp
) -> AsyncGenerator[list[Stored], None]:
    """Entries with `at` >= the given one, as the log stood at the operation time, in pages.

    Each case comes in order, because `at` never goes back along `seq`. The index on `at` alone serves it. One moment's view, so that no entry committed
    meanwhile is found without those before it.
    """
    find = {
        "find": LOG,
        "filter": {"at": {"$gte": at}},
        "sort": {"at": 1},
        "projection": _FIELDS,
        "batchSize": MOST,
        "readConcern": {"level": "snapshot", "atClusterTime": time},
    }
    waiting: list[Stored] = []
    async with aclosing(_pages(database, find)) as pages:
        async for page in pages:
            ready, waiting = in_order(waiting + page)
            if ready:
                yield ready
    if waiting:
        yield sorted(waiting, key=_moment)


def in_order(entries: list[Stored]) -> tuple[list[Stored], list[Stored]]:
    """Entries that come by `at`, put in order within the same `at` by seq; the last moment's wait for their like."""
    last = entries[-1].at
    cut = len(entries)
    while cut and entries[cut - 1].at == last:
        cut -= 1
    return sorted(entries[:cut], key=_moment), entries[cut:]


async def of_case(database: AsyncDatabase[Document], case_id: UUID) -> list[Stored]:
    """All entries of one case, by seq."""
    found = database[LOG].find({"case_id": case_id}, _FIELDS).sort("seq", 1)
    return [_stored(document) async for document in found]


async def _pages(
    database: AsyncDatabase[Document], find: dict[str, Any]
) -> AsyncGenerator[list[Stored], None]:
    cursor = Cursor(database, LOG)
    try:
        page = await cursor.open(find)
        while page.documents:
            yield [_stored(document) for document in page.documents]
            if not cursor.alive:
                return
            page = await cursor.more(MOST, awaiting=False)
    finally:
        await cursor.close()


def _stored(document: Document) -> Stored:
    return Stored(document["_id"], document["at"], document["seq"], document["body"])


def _moment(entry: Stored) -> tuple[int, int]:
    return entry.at, entry.seq
