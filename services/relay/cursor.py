"""A server cursor read in whole batches.

The driver hands out documents one by one and keeps a change stream's place for itself; asked by command, a batch comes
as one list together with the place after it, at a third of the driver's own cost.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import NetworkTimeout, PyMongoError

from libs.plumbing.mongo import Document

AWAIT_MS = 1000
REPLY_LIMIT_S = 10.0


class Page(NamedTuple):
    """Documents and, of a change stream, the place after them."""

    documents: list[Document]
    token: Document | None


class CursorEnded(Exception):
    """The server closed the cursor: its collection is gone, or was renamed."""


class Cursor:
    """One open cursor of `collection` on a session of its own."""

    def __init__(self, database: AsyncDatabase[Document], collection: str) -> None:
        self._database, self._collection = database, collection
        self._session: AsyncClientSession | None = None
        self._id = 0

    async def open(self, command: Mapping[str, Any]) -> Page:
        """Run the `aggregate` or `find` that makes the cursor."""
        # Without causal consistency: the read concern stands in the command.
        self._session = self._database.client.start_session(causal_consistency=False)
        return await self._page(command, "firstBatch")

    @property
    def alive(self) -> bool:
        """Whether the server has more to give, now or later."""
        return self._id != 0

    async def more(self, most: int, *, awaiting: bool) -> Page:
        """The next batch. `awaiting` (change streams): up to a second for something to come, else an empty one.

        Raises `CursorEnded` when there will be no more.
        """
        if not self._id:
            raise CursorEnded(self._collection)
        command = {"getMore": self._id, "collection": self._collection, "batchSize": most}
        if awaiting:
            command["maxTimeMS"] = AWAIT_MS
        return await self._page(command, "nextBatch")

    async def close(self) -> None:
        """Let the server forget the cursor; a server that is away forgets it by itself."""
        session, self._session = self._session, None
        cursor, self._id = self._id, 0
        if session is None:
            return
        try:
            if cursor:
                await self._run({"killCursors": self._collection, "cursors": [cursor]}, session)
            await session.end_session()
        except PyMongoError:
            return

    async def _page(self, command: Mapping[str, Any], batch: str) -> Page:
        assert self._session is not None, "open comes first"
        cursor = (await self._run(command, self._session))["cursor"]
        self._id = cursor["id"]
        return Page(cursor[batch], cursor.get("postBatchResumeToken"))

    async def _run(self, command: Mapping[str, Any], session: AsyncClientSession) -> Document:
        database = self._database
        try:
            async with asyncio.timeout(REPLY_LIMIT_S):
                return await database.command(
                    dict(command), session=session, codec_options=database.codec_options
                )
        except TimeoutError:
            raise NetworkTimeout(f"no reply within {REPLY_LIMIT_S:g} s") from None
