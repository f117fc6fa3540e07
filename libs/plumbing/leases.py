"""Leases with epochs: one copy of something is active, and a stopped one that wakes can tell that its time is over.

`leases`: {_id: name, holder, epoch, expires}. All times are the database's own (`$$NOW`), so clocks do not matter.
"""

from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from libs.plumbing.mongo import Document

COLLECTION = "leases"


class Lease:
    """One name that one holder has at a time."""

    def __init__(
        self, database: AsyncDatabase[Document], name: str, holder: str, seconds: float = 6.0
    ) -> None:
        self._leases = database[COLLECTION]
        self._name, self._holder, self._ms = name, holder, round(seconds * 1000)

    async def hold(self) -> int | None:
        """Take the lease, or renew it when it is ours. Its epoch (rises with each new holder), None if another has it."""
        found = await self._leases.find_one_and_update(
            {"_id": self._name}, self._take(), upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(found["epoch"]) if found and found["holder"] == self._holder else None

    async def release(self) -> None:
        """Give it up at once, so that another need not wait for its end."""
        await self._leases.update_one(
            {"_id": self._name, "holder": self._holder}, [{"$set": {"expires": "$$NOW", "holder": ""}}]
        )

    def _take(self) -> list[dict[str, Any]]:
        ours = {"$eq": ["$holder", self._holder]}
        free = {"$lte": [{"$ifNull": ["$expires", "$$NOW"]}, "$$NOW"]}
        mine_or_free = {"$or": [ours, free]}
        until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": self._ms}}
        epoch = {"$ifNull": ["$epoch", 0]}
        return [
            {
                "$set": {
                    "epoch": {"$cond": [{"$and": [free, {"$not": [ours]}]}, {"$add": [epoch, 1]}, epoch]},
                    "expires": {"$cond": [mine_or_free, until, "$expires"]},
                    "holder": {"$cond": [mine_or_free, self._holder, "$holder"]},
                }
            }
        ]
