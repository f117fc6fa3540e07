"""The change stream over the case log: the bodies of new entries in the order of their commits."""

from typing import NamedTuple
from uuid import UUID

from bson import Timestamp
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from libs.plumbing.mongo import Document, away
from services.relay.cursor import Cursor, CursorEnded

LOG = "case_events"
MOST = 1000
_INSERTS = {"$match": {"operationType": "insert"}}
_BODY = {"$replaceWith": {"_id": "$_id", "body": "$fullDocument.body"}}
_ENTRY_ID = {"$replaceWith": {"_id": "$_id", "entry": "$documentKey._id"}}
_RESUMABLE = "ResumableChangeStreamError"
_NOT_ALLOWED = frozenset({13, 18})
_CURSOR_GONE = frozenset({43, 237})
_FUTURE_S = 60


class PlaceLost(Exception):
    """The log can no longer be followed from the saved place."""


class Arrived(NamedTuple):
    """New entries' bytes, and the place after them."""

    bodies: list[bytes]
    token: Document


class LogStream:
    """Follows the log from a place. Errors: `PlaceLost`; `PyMongoError` when the database is away."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database
        self._cursor = Cursor(database, LOG)
        self._token: Document = {}
        self._before: Document = {}

    async def open(self, *, token: Document | None = None, since: Timestamp | None = None) -> Document:
        """Begin after `token`, or at the operation time `since`. Returns the place there."""
        await self._cursor.close()
        start = {"resumeAfter": token} if token is not None else {"startAtOperationTime": since}
        if token is not None and _seconds(token) > (await operation_time(self._database)).time + _FUTURE_S:
            # The server would open it and stay silent until its clock gets there.
            raise PlaceLost("the saved place lies in the future")
        page = await self._guarded(_command(start, _BODY))
        self._token = page or token or {}
        return self._token

    async def next(self) -> Arrived:
        """What has come since; waits up to a second, then answers with nothing but a newer place."""
        try:
            page = await self._cursor.more(MOST, awaiting=True)
        except (OperationFailure, CursorEnded) as error:
            raise _understood(error) from error
        self._before, self._token = self._token, page.token or self._token
        return Arrived([document["body"] for document in page.documents], self._token)

    async def entry_ids(self, count: int) -> list[UUID]:
        """The entry ids of the batch read last: asked for only when one of its bodies cannot be read."""
        again, found = Cursor(self._database, LOG), list[UUID]()
        try:
            await again.open(_command({"resumeAfter": self._before}, _ENTRY_ID))
            while len(found) < count:
                page = await again.more(count - len(found), awaiting=True)
                found += [document["entry"] for document in page.documents]
        finally:
            await again.close()
        return found

    async def close(self) -> None:
        """Let the stream go."""
        await self._cursor.close()

    async def _guarded(self, command: Document) -> Document | None:
        try:
            return (await self._cursor.open(command)).token
        except OperationFailure as error:
            raise _understood(error) from error


async def operation_time(database: AsyncDatabase[Document]) -> Timestamp:
    """The newest operation time of the database."""
    time: Timestamp = (await database.client.admin.command("hello"))["operationTime"]
    return time


def _command(start: Document, projection: Document) -> Document:
    pipeline = [{"$changeStream": start}, _INSERTS, projection]
    return {"aggregate": LOG, "pipeline": pipeline, "cursor": {"batchSize": 0}}


def _seconds(token: Document) -> int:
    """A token begins with a type byte and the seconds of its operation time, in hex."""
    try:
        return int(token["_data"][2:10], 16)
    except (KeyError, TypeError, ValueError):
        raise PlaceLost("the saved place is no place") from None


def _understood(error: OperationFailure | CursorEnded) -> Exception:
    """Whether the place is lost (286, an invalid token, a dropped log), or only the cursor or the server."""
    if isinstance(error, CursorEnded):
        return PlaceLost("the log was dropped or renamed")
    if away(error) or error.has_error_label(_RESUMABLE) or error.code in _NOT_ALLOWED | _CURSOR_GONE:
        return error
    return PlaceLost(f"error {error.code}")
