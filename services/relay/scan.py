"""The case log read back from the database, for what is to be published again."""

from collections.abc import AsyncGenerator
from typing import Any, NamedTuple
from uuid import UUID

from bson import Timestamp
from pymongo.asynchronous.database import AsyncDatabase

from libs.plumbing.mongo import Document
from services.relay.cursor import Cursor
from services.relay.stream import LOG

MOST = 1000
_FIELDS = {"body": 1, "at": 1}


class Stored(NamedTuple):
    """An entry as stored: its id, its `at` (µs UTC), its bytes."""

    id: UUID
    at: int
    body: bytes


async def since(
    database: AsyncDatabase[Document], at: int, time: Timestamp
) -> AsyncGenerator[list[Stored], None]:
    """Entries with `at` >= the given one, as the log stood at the operation time, in pages.

    Each case comes in order: `at` never goes back along `seq`. One moment's view, so that no entry committed
    meanwhile is found without those before it.
    """
    find = {
        "find": LOG,
        "filter": {"at": {"$gte": at}},
        "sort": {"at": 1, "seq": 1},
        "projection": _FIELDS,
        "batchSize": MOST,
        "allowDiskUse": True,
        "readConcern": {"level": "snapshot", "atClusterTime": time},
    }
    async for page in _pages(database, find):
        yield page


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
    return Stored(document["_id"], document["at"], document["body"])
