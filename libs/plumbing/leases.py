"""One holder at a time, with an epoch that rises at every change of hands.

Collection `leases`: {_id: name, holder, epoch, expires_at}. Only the database's clock counts ($$NOW). A holder that was
stopped and wakes late may still act: whatever it writes must be fenced by its epoch.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from libs.plumbing.dependencies import dependency_away
from libs.plumbing.logs import logger
from libs.plumbing.mongo import Document

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
log = logger(__name__)


class Leases:
    """Leases in one database. Times in seconds."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._leases = database["leases"]

    async def acquire(self, name: str, holder: str, ttl_s: float) -> int | None:
        """Our new epoch; None while somebody else holds it. Acquiring one's own again raises the epoch too."""
        await self._leases.update_one(
            {"_id": name}, {"$setOnInsert": {"holder": "", "epoch": 0, "expires_at": NEVER}}, upsert=True
        )
        free_or_ours = {"$or": [{"$lte": ["$expires_at", "$$NOW"]}, {"$eq": ["$holder", holder]}]}
        taken = {"holder": holder, "epoch": {"$add": ["$epoch", 1]}, "expires_at": _after(ttl_s)}
        found = await self._leases.find_one_and_update(
            {"_id": name, "$expr": free_or_ours}, [{"$set": taken}], return_document=ReturnDocument.AFTER
        )
        return int(found["epoch"]) if found else None

    async def renew(self, name: str, epoch: int, ttl_s: float) -> bool:
        """Hold on for longer; False when the lease has another epoch by now."""
        change = [{"$set": {"expires_at": _after(ttl_s)}}]
        done = await self._leases.update_one({"_id": name, "epoch": epoch}, change)
        return done.matched_count == 1

    async def release(self, name: str, epoch: int) -> bool:
        """Let it go at once; False when it was no longer ours."""
        done = await self._leases.update_one({"_id": name, "epoch": epoch}, {"$set": {"expires_at": NEVER}})
        return done.matched_count == 1


def _after(ttl_s: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(ttl_s * 1000)]}


async def while_held(
    leases: Leases, name: str, holder: str, work: Callable[[int], Awaitable[None]], ttl_s: float = 10.0
) -> None:
    """Run `work(epoch)` for as long as the lease is ours, wait while it is not, for ever.

    The work is cancelled when the lease is lost, or could not be renewed for most of its time. An error of the work
    that does not mean "away" is raised.
    """
    while True:
        try:
            epoch = await leases.acquire(name, holder, ttl_s)
            if epoch is not None:
                log.info("lease_taken", lease=name, epoch=epoch)
                await _work(leases, name, epoch, work, ttl_s)
        except Exception as error:
            if not dependency_away(error):
                raise
            log.warning("lease_waits", lease=name, error=type(error).__name__)
        await asyncio.sleep(ttl_s / 5)


async def _work(
    leases: Leases, name: str, epoch: int, work: Callable[[int], Awaitable[None]], ttl_s: float
) -> None:
    working = asyncio.ensure_future(work(epoch))
    keeping = asyncio.create_task(_keep(leases, name, epoch, ttl_s))
    try:
        await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        keeping.cancel()
        await asyncio.gather(working, keeping, return_exceptions=True)
        await leases.release(name, epoch)


async def _keep(leases: Leases, name: str, epoch: int, ttl_s: float) -> None:
    """Renew until that fails for most of the lease's time, or somebody else has it."""
    last = monotonic()
    while monotonic() - last < ttl_s * 0.7:
        await asyncio.sleep(ttl_s / 5)
        try:
            async with asyncio.timeout(ttl_s / 5):
                if not await leases.renew(name, epoch, ttl_s):
                    return
            last = monotonic()
        except Exception as error:
            log.warning("lease_not_renewed", lease=name, error=type(error).__name__)
