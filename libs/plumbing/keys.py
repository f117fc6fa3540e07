"""The register of issued tokens in MongoDB (`keys`), so that each can be listed and revoked.

A document: {_id: jti, id, roles, office, unit, grids, communities, made_at, expires_at, revoked_at}; times in µs UTC.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from bson.int64 import Int64
from pymongo.asynchronous.collection import AsyncCollection

from libs.plumbing.logs import logger
from libs.plumbing.principals import Principal

REFRESH_S = 5.0
Document = dict[str, Any]
log = logger(__name__)


class KeyRegistry:
    """Issued tokens. `revoked` answers from memory, refreshed every five seconds while `start`ed."""

    def __init__(self, keys: AsyncCollection[Document]) -> None:
        self._keys = keys
        self._revoked: frozenset[str] = frozenset()
        self._task: asyncio.Task[None] | None = None

    async def add(self, key_id: str, principal: Principal, now: int) -> None:
        """Write down that a token was made; a second time for the same `key_id` is a DuplicateKeyError."""
        await self._keys.insert_one(
            {
                "_id": key_id,
                "id": principal.id,
                "roles": sorted(principal.roles),
                "office": principal.office,
                "unit": principal.unit,
                "grids": list(principal.grids),
                "communities": list(principal.communities),
                "made_at": Int64(now),
                "expires_at": Int64(principal.expires),
                "revoked_at": None,
            }
        )

    async def list(self, office: str | None = None) -> list[Document]:
        """The issued tokens, newest first, of one office or all."""
        chosen = {} if office is None else {"office": office}
        return await self._keys.find(chosen).sort("made_at", -1).to_list()

    async def of_role(self, role: str, now: int) -> Sequence[Principal]:
        """Everybody who has a key with that role that still counts at `now` (µs UTC), by id; each once."""
        wanted = {"roles": role, "revoked_at": None, "expires_at": {"$gt": now}}
        found = self._keys.find(wanted).sort([("id", 1), ("made_at", 1)])
        return list({each["id"]: _principal(each) async for each in found}.values())

    async def revoke(self, key_id: str, now: int) -> bool:
        """Revoke a token; False when there is none of that id. Revoking twice keeps the first time."""
        found = await self._keys.update_one(
            {"_id": key_id}, [{"$set": {"revoked_at": {"$ifNull": ["$revoked_at", Int64(now)]}}}]
        )
        await self.refresh()
        return found.matched_count == 1

    def revoked(self, key_id: str) -> bool:
        """Whether the token is known as revoked; at most five seconds late."""
        return key_id in self._revoked

    async def refresh(self) -> None:
        """Read the revoked ids now."""
        found = await self._keys.find({"revoked_at": {"$ne": None}}, {"_id": 1}).to_list()
        self._revoked = frozenset(str(document["_id"]) for document in found)

    async def start(self) -> None:
        """Read the revoked ids and keep reading them."""
        await self.refresh()
        self._task = asyncio.create_task(self._keep_fresh(), name="keys")

    async def stop(self) -> None:
        """Stop reading."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
            except Exception as error:
                # The last known set goes on counting: a database that is away must not lock everybody out.
                log.warning("revoked_keys_not_refreshed", error=type(error).__name__)


def _principal(document: Document) -> Principal:
    return Principal(
        document["id"],
        frozenset(document["roles"]),
        document["office"],
        document["unit"],
        # Keys of an earlier version were written down without their area.
        grids=tuple(document.get("grids", ())),
        communities=tuple(document.get("communities", ())),
        expires=int(document["expires_at"]),
    )
