"""Follows the log by the times of its entries: for what may come late and must not cost anything in the common path."""

from typing import Any, NamedTuple
from uuid import UUID

from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casestore.documents import EVENTS

PLACES = "tail_places"
MOST = 5000
"""Entries read at once; more than one commit stamps with the same time."""
Document = dict[str, Any]
Place = int
"""The log was read up to this time (µs UTC), itself included."""


class Stretch(NamedTuple):
    """The cases that changed in a stretch of the log, with their newest seq there; its `end`."""

    seqs: dict[UUID, int]
    end: Place


class Tail:
    """One follower, by name. Its place is kept; without one it begins with the first entry."""

    def __init__(self, database: AsyncDatabase[Document], name: str) -> None:
        kept = safe(database)
        self._events, self._places, self._name = kept[EVENTS], kept[PLACES], name

    async def place(self) -> Place:
        """Up to where it has read."""
        found = await self._places.find_one({"_id": self._name})
        return found["at"] if found else 0

    async def after(self, place: Place, until: int, most: int = MOST) -> Stretch:
        """What was appended after `place` and not after `until`, the oldest first."""
        wanted = {"at": {"$gt": place, "$lte": until}}
        read = self._events.find(wanted, {"_id": 0, "case_id": 1, "seq": 1, "at": 1}).sort("at", 1)
        found = await read.limit(most).to_list()
        if len(found) == most:
            # Of the last moment perhaps not all was read: it is left for the next time.
            found = [entry for entry in found if entry["at"] < found[-1]["at"]]
        seqs: dict[UUID, int] = {}
        for entry in found:
            seqs[entry["case_id"]] = max(entry["seq"], seqs.get(entry["case_id"], 0))
        end = found[-1]["at"] if found else place
        return Stretch(seqs, end)

    async def more_than(self, number: int, since: int) -> bool:
        """Whether more entries than that were appended since then (µs UTC): so much goes on now."""
        counted = await self._events.count_documents({"at": {"$gt": since}}, limit=number + 1)
        return counted > number

    async def reached(self, place: Place) -> None:
        """Keep the place."""
        await self._places.update_one({"_id": self._name}, {"$set": {"at": place}}, upsert=True)
