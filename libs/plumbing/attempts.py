"""What a worker must remember over its own death: whether it ended cleanly, and what it was handling.

`runs`: {_id: service@instance, state: running|ended, at}. `attempts`: {_id: service:topic:partition:offset, count,
hung, at}; an attempt is counted before the record is handled and taken away after, so what stays is a death.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import MongoClient, UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from libs.plumbing.mongo import Document
from libs.plumbing.records import Record

KEPT = timedelta(days=7)
# The clock is the server's: a service's own may be wrong, and only the age matters.
_STAMP = {"$currentDate": {"at": True}}


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier attempts at a record came to: how many died, and whether one hung."""

    deaths: int
    hung: bool


NEVER = Past(0, False)


class Attempts:
    """The attempts of one service at single records."""

    def __init__(self, database: AsyncDatabase[Document], service: str) -> None:
        self._attempts = database["attempts"]
        self._service = service

    async def prepare(self) -> None:
        """Make the index that forgets attempts after seven days."""
        await self._attempts.create_index("at", expireAfterSeconds=int(KEPT.total_seconds()))

    async def past(self, records: Sequence[Record]) -> list[Past]:
        """What came before for each record, in one read."""
        wanted = {"_id": {"$in": [self.key(record) for record in records]}}
        found = {document["_id"]: _past(document) async for document in self._attempts.find(wanted)}
        return [found.get(self.key(record), NEVER) for record in records]

    async def begin_all(self, records: Sequence[Record]) -> None:
        """Count an attempt at each of several records that are handled together, in one write."""
        await self._attempts.bulk_write([self._counted(record) for record in records], ordered=False)

    async def done_all(self, records: Sequence[Record]) -> None:
        """They came to their end: forget them, in one write."""
        await self._attempts.delete_many({"_id": {"$in": [self.key(record) for record in records]}})

    async def begin(self, record: Record) -> Past:
        """Count an attempt before it is made; returns those before it that never came to an end."""
        before = await self._attempts.find_one_and_update(
            {"_id": self.key(record)}, {"$inc": {"count": 1}, **_STAMP}, upsert=True
        )
        return _past(before or {})

    async def done(self, record: Record) -> None:
        """The attempt ended, well or parked: forget it."""
        await self._attempts.delete_one({"_id": self.key(record)})

    async def reachable(self) -> None:
        """Raises when the database does not answer."""
        await self._attempts.database.command("ping")

    def _counted(self, record: Record) -> UpdateOne:
        return UpdateOne({"_id": self.key(record)}, {"$inc": {"count": 1}, **_STAMP}, upsert=True)

    def key(self, record: Record) -> str:
        """The document's id: service and place."""
        return f"{self._service}:{record.place}"


def _past(document: Mapping[str, Any]) -> Past:
    return Past(int(document.get("count", 0)), bool(document.get("hung", False)))


def mark_hung(client: MongoClient[Document], database: str, key: str) -> None:
    """Write, from the watchdog's thread, that handling this record blocked the whole process."""
    client[database]["attempts"].update_one({"_id": key}, {"$set": {"hung": True}, **_STAMP}, upsert=True)


class Runs:
    """Whether the last run of this instance ended cleanly."""

    def __init__(self, database: AsyncDatabase[Document], instance: str) -> None:
        self._runs = database["runs"]
        self._instance = instance

    async def begin(self) -> bool:
        """Note that we run; True when the run before did not end cleanly."""
        before = await self._runs.find_one_and_update(
            {"_id": self._instance}, {"$set": {"state": "running"}, **_STAMP}, upsert=True
        )
        return before is not None and before.get("state") == "running"

    async def end(self) -> None:
        """Note a clean end."""
        change: dict[str, Any] = {"$set": {"state": "ended"}, **_STAMP}
        await self._runs.update_one({"_id": self._instance}, change)
