"""The blocklist in MongoDB (`intake_blocks`), read every five seconds and asked in memory.

A document: {_id, office, mark, print, reason, by, at, until, open, refused, refused_at, removed_by, removed_at}; times in µs UTC.
`open` stands there until it is removed or has run out, so that the database keeps two from being made at once.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from bson.int64 import Int64
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError
from uuid_utils.compat import uuid7

from libs.plumbing.telemetry import counter
from services.intake.blocks import DAY_US, Block
from services.intake.marks import Fingerprints, Mark, Marks

REFRESH_S = 5.0
Document = dict[str, Any]
turned_away = counter("intake_blocked", "Reports that a block kept out", "mark")


class Made(NamedTuple):
    """The document of a block that is in force. `already`: it was before this call, as somebody decided then."""

    document: Document
    already: bool


class Blocklist:
    """All blocks in force. `clock` gives µs UTC."""

    def __init__(
        self, blocks: AsyncCollection[Document], prints: Fingerprints, clock: Callable[[], int]
    ) -> None:
        self._blocks, self._prints, self._clock = blocks, prints, clock
        self._open: dict[tuple[str, Mark, str], Block] = {}
        self._read_at = -REFRESH_S

    async def blocking(self, office: str, marks: Marks) -> Block | None:
        """The block that keeps a reporter with these marks out of that office; None: they are welcome.

        What another copy of the service decides holds here at most five seconds later.
        """
        if monotonic() - self._read_at > REFRESH_S:
            await self.refresh()
        if not self._open:
            return None
        now = self._clock()
        found = (
            self._open.get((office, mark, self._prints.of(mark, value))) for mark, value in marks.items()
        )
        return next((block for block in found if block and block.holds(now)), None)

    async def turned_away(self, block: Block) -> None:
        """Record that it kept a report out."""
        turned_away.labels("intake", block.mark).inc()
        noted: Document = {"$inc": {"refused": 1}, "$max": {"refused_at": Int64(self._clock())}}
        await self._blocks.update_one({"_id": block.id}, noted)

    async def add(self, office: str, mark: Mark, print_: str, reason: str, days: int, by: str) -> Made:
        """Block whoever has that fingerprint; the block that is in force already is left as it is."""
        now = self._clock()
        block = Block(uuid7(), office, mark, print_, reason, by, now, now + days * DAY_US)
        same = {"office": office, "mark": mark.value, "print": block.print_}
        await self._blocks.update_many(same | {"until": {"$lte": now}}, {"$unset": {"open": ""}})
        made = Made(_document(block), already=False)
        try:
            await self._blocks.insert_one(made.document)
        except DuplicateKeyError:
            there = await self._blocks.find_one(same | {"open": True})
            made = Made(there, already=True) if there else made
        await self.refresh()
        return made

    async def remove(self, block_id: UUID, office: str | None, by: str) -> bool | None:
        """Let them in again: True; False when it was removed before or ran out; None: that office has no such block.

        `office` None: any. The document stays, with who removed it.
        """
        chosen: Document = {"_id": block_id} | ({} if office is None else {"office": office})
        gone = {"$set": {"removed_by": by, "removed_at": Int64(self._clock())}, "$unset": {"open": ""}}
        in_force = chosen | {"open": True, "until": {"$gt": self._clock()}}
        done = (await self._blocks.update_one(in_force, gone)).modified_count == 1
        await self.refresh()
        if done:
            return True
        return False if await self._blocks.find_one(chosen, {"_id": 1}) else None

    async def list(self, office: str | None, everything: bool, limit: int) -> list[Document]:
        """Newest first: those in force, or with `everything` also what was removed or has run out."""
        chosen: Document = {} if office is None else {"office": office}
        if not everything:
            chosen |= {"open": True, "until": {"$gt": self._clock()}}
        return await self._blocks.find(chosen).sort("_id", -1).limit(limit).to_list()

    async def refresh(self) -> None:
        """Read what is in force now."""
        self._read_at = monotonic()
        found = self._blocks.find({"open": True, "until": {"$gt": self._clock()}})
        blocks = [_block(document) async for document in found]
        self._open = {(each.office, each.mark, each.print_): each for each in blocks}


def _document(block: Block) -> Document:
    return {
        "_id": block.id,
        "office": block.office,
        "mark": block.mark.value,
        "print": block.print_,
        "reason": block.reason,
        "by": block.by,
        "at": Int64(block.at),
        "until": Int64(block.until),
        "open": True,
        "refused": 0,
    }


def _block(document: Document) -> Block:
    return Block(
        document["_id"],
        document["office"],
        Mark(document["mark"]),
        document["print"],
        document["reason"],
        document["by"],
        document["at"],
        document["until"],
    )
