"""Photos: encrypted under the case's key, in GridFS (bucket `photos`), because they are larger than content should be.

A photo is stored before the event that names it. One whose case never came to be cannot be read (no key) and is swept.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from gridfs.asynchronous import AsyncGridFSBucket
from gridfs.errors import NoFile
from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casestore.content import CaseKey, ContentVault, StoredContent
from libs.casework.events.model import ContentRef

MAX_BYTES = 10 * 1024 * 1024
KIND, THUMBNAIL = "photo", "thumbnail"
BUCKET = "photos"
PAGE, PAUSE_S = 500, 0.05


class PhotoStore:
    """Puts, finds and reads photos of cases."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], vault: ContentVault) -> None:
        kept = safe(database)
        self._bucket = AsyncGridFSBucket(kept, BUCKET)
        self._files = kept[f"{BUCKET}.files"]
        self._vault = vault

    async def put(
        self, key: CaseKey, photo_id: UUID, data: bytes, thumbnail: bytes | None = None
    ) -> ContentRef:
        """Encrypt and store, the thumbnail first; the reference is for the event that will name it. At most 10 MiB."""
        if len(data) > MAX_BYTES:
            raise ValueError(f"a photo of {len(data)} bytes; allowed are {MAX_BYTES}")
        if thumbnail is not None and not await self._there(thumbnail_id(photo_id)):
            await self._put(key, thumbnail_id(photo_id), THUMBNAIL, thumbnail)
        return await self._put(key, photo_id, KIND, data)

    async def _put(self, key: CaseKey, file_id: UUID, kind: str, data: bytes) -> ContentRef:
        ref, stored = key.seal(kind, file_id, data)
        about = {"case_id": key.case_id, "digest": ref.digest, "nonce": stored.nonce}
        await self._bucket.upload_from_stream_with_id(file_id, kind, stored.sealed, metadata=about)
        return ref

    async def _there(self, file_id: UUID) -> bool:
        """A thumbnail is there before its photo when whoever put it died in between."""
        return await self._files.find_one({"_id": file_id}, {"_id": 1}) is not None

    async def refs(self, wanted: Mapping[UUID, UUID]) -> dict[UUID, ContentRef]:
        """References of photos by photo id, for `{photo id: case id}`; one that is not that case's is left out."""
        found = self._files.find({"_id": {"$in": list(wanted)}})
        return {
            each["_id"]: ContentRef(id=each["_id"], kind=KIND, digest=each["metadata"]["digest"])
            async for each in found
            if each["metadata"]["case_id"] == wanted[each["_id"]]
        }

    async def count(self, case_id: UUID) -> int:
        """How many photos the case has, named by an event or not."""
        return await self._files.count_documents({"metadata.case_id": case_id, "filename": KIND})

    async def read(self, case_id: UUID, photo_id: UUID, *, small: bool = False) -> bytes | None:
        """The photo, None when there is none of that case or it was erased. `small`: its thumbnail, where it has one."""
        key = (await self._vault.keys([case_id])).get(case_id)
        if key is None:
            return None
        found = await self._read(key, thumbnail_id(photo_id), THUMBNAIL) if small else None
        return found or await self._read(key, photo_id, KIND)

    async def _read(self, key: CaseKey, file_id: UUID, kind: str) -> bytes | None:
        try:
            async with await self._bucket.open_download_stream(file_id) as stream:
                about, sealed = stream.metadata or {}, await stream.read()
        except NoFile:
            return None
        if about.get("case_id") != key.case_id:
            return None
        return key.open(StoredContent(file_id, key.case_id, kind, about["nonce"], sealed))

    async def sweep(self, before: datetime) -> int:
        """Remove photos uploaded before that moment whose case has no key (it never came to be, or was erased); how many.

        Page by page, so that a million of them need no memory, and with a pause, so that nobody else waits.
        """
        removed, after = 0, UUID(int=0)
        while page := await self._page(after, before):
            keys = await self._vault.keys({each["metadata"]["case_id"] for each in page})
            orphans = [each["_id"] for each in page if each["metadata"]["case_id"] not in keys]
            for file_id in orphans:
                await self._bucket.delete(file_id)
            removed, after = removed + len(orphans), page[-1]["_id"]
            await asyncio.sleep(PAUSE_S)
        return removed

    async def _page(self, after: UUID, before: datetime) -> list[dict[str, Any]]:
        wanted = {"_id": {"$gt": after}, "uploadDate": {"$lt": before}}
        return await self._files.find(wanted, {"metadata.case_id": 1}).sort("_id", 1).limit(PAGE).to_list()


def thumbnail_id(photo_id: UUID) -> UUID:
    """Under which a photo's thumbnail lies: made from the photo's, so that no event has to name it."""
    return uuid5(photo_id, THUMBNAIL)
