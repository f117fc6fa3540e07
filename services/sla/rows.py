"""When to look at which case next: a small row a case. Never the truth: it can be dropped, and is made again from the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from pymongo import WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from libs.casestore.schema import SLA_NEXT
from libs.plumbing.mongo import Document
from services.sla.lines import Line, Lines
from services.sla.newer import put_newer

UNREADABLE = 0
"""The seq of a row whose log could not be read: older than any, so that it is tried again."""


@dataclass(frozen=True, slots=True)
class Row:
    """Of the case as it was at `seq`: what comes next, and when (µs UTC). `at` None: nothing, until the case changes.

    `lines`: its clocks on the board; None leaves those that stand there.
    """

    case_id: UUID
    seq: int
    at: int | None = None
    what: str | None = None
    lines: tuple[Line, ...] | None = None


class Rows:
    """The rows in the database. `data` is the version of the reviewed data that they are made by."""

    def __init__(self, database: AsyncDatabase[Document], data: str) -> None:
        # What a failover may roll back is found by the sweep.
        self._rows = database.get_collection(
            SLA_NEXT, read_concern=ReadConcern("local"), write_concern=WriteConcern(w=1)
        )
        self._lines = Lines(database)
        self._data = data

    async def seqs(self, case_ids: Iterable[UUID]) -> dict[UUID, int]:
        """How far each of the cases was read; those without a row, or with one by other data, are missing."""
        found = self._rows.find({"_id": {"$in": list(case_ids)}, "data": self._data}, {"seq": 1})
        return {document["_id"]: document["seq"] async for document in found}

    async def whole(self, case_ids: Iterable[UUID]) -> dict[UUID, int]:
        """As `seqs`, without those of which a line is missing on the board."""
        wanted = {"_id": {"$in": list(case_ids)}, "data": self._data}
        rows = [row async for row in self._rows.find(wanted, {"seq": 1, "lines": 1})]
        lines = await self._lines.counts([row["_id"] for row in rows])
        return {row["_id"]: row["seq"] for row in rows if lines.get(row["_id"], 0) >= row.get("lines", 0)}

    async def due(self, now: int, most: int) -> list[Row]:
        """Rows whose instant has come, the earliest first."""
        found = self._rows.find({"at": {"$lte": now}}).sort("at", 1).limit(most)
        return [_row(document) async for document in found]

    async def coming(self, now: int, until: int, most: int) -> list[Row]:
        """Rows whose instant comes after `now`, up to `until` (µs UTC), the earliest first."""
        found = self._rows.find({"at": {"$gt": now, "$lte": until}}).sort("at", 1).limit(most)
        return [_row(document) async for document in found]

    async def next_at(self) -> int | None:
        """The earliest instant of all (µs UTC)."""
        first = await self._rows.find_one({"at": {"$gt": 0}}, {"at": 1}, sort=[("at", 1)])
        return first["at"] if first else None

    async def put(self, rows: Sequence[Row]) -> None:
        """Keep these; a row that was made from a longer log stands."""
        if not rows:
            return
        lined = {row.case_id: (row.seq, row.lines) for row in rows if row.lines is not None}
        await self._lines.write(lined)
        await put_newer(self._rows, map(self._document, rows))
        if lined:
            # Two may read a case at once, and the slower one has read less: what is older than the row says does not stay.
            found = self._rows.find({"_id": {"$in": list(lined)}}, {"lined": 1})
            await self._lines.drop_older({row["_id"]: row.get("lined", 0) async for row in found})

    async def forget(self, case_ids: Sequence[UUID]) -> None:
        """Cases that have ended have no row."""
        if case_ids:
            await self._lines.forget(case_ids)
            await self._rows.delete_many({"_id": {"$in": list(case_ids)}})

    async def page(self, after: UUID | None, limit: int) -> list[UUID]:
        """Cases with a row, in the order of their ids, from the one after `after` on."""
        wanted = {"_id": {"$gt": after}} if after else {}
        return [each["_id"] async for each in self._rows.find(wanted, {"_id": 1}).sort("_id", 1).limit(limit)]

    async def page_on_board(self, after: UUID | None, limit: int) -> list[UUID]:
        """Cases with lines, in the order of their ids, from the one after `after` on; `limit` counts lines."""
        return await self._lines.page(after, limit)

    async def count(self) -> int:
        """How many rows there are, about."""
        return await self._rows.estimated_document_count()

    def _document(self, row: Row) -> Document:
        new: Document = {
            "_id": row.case_id,
            "seq": row.seq,
            "at": row.at,
            "what": row.what,
            "data": self._data,
        }
        if row.lines is not None:
            new |= {"lined": row.seq, "lines": len({line.key for line in row.lines})}
        return new


def _row(document: Document) -> Row:
    return Row(document["_id"], document["seq"], document.get("at"), document.get("what"))
