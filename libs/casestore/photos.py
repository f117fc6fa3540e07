"""Photos: encrypted under the case's key, in GridFS (bucket `photos`), because they are larger than content should be.

A photo is stored before the event that names it. One whose case never came to be cannot be read (no key) and is swept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from gridfs.asynchronous import AsyncGridFSBucket
from gridfs.errors import NoFile
from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casestore.content import CaseKey, ContentVault, StoredContent
from libs.casework.events.model import ContentRef

MAX_BYTES = 10 * 1024 * 1024
KIND = "photo"
BUCKET = "photos"


class PhotoStore:
    """Puts, finds and reads photos of cases."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], vault: ContentVault) -> None:
        kept = safe(database)
        self._bucket = AsyncGridFSBucket(kept, BUCKET)
        self._files = kept[f"{BUCKET}.files"]
        self._vault = vault

    async def put(self, key: CaseKey, photo_id: UUID, data: bytes) -> ContentRef:
        """Encrypt and store; the reference is for the event that will name it. At most 10 MiB."""
        if len(data) > MAX_BYTES:
            raise ValueError(f"a photo of {len(data)} bytes; allowed are {MAX_BYTES}")
        ref, stored = key.seal(KIND, photo_id, data)
        about = {"case_id": key.case_id, "digest": ref.digest, "nonce": stored.nonce}
        await self._bucket.upload_from_stream_with_id(photo_id, "photo", stored.sealed, metadata=about)
        return ref

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
        return await self._files.count_documents({"metadata.case_id": case_id})

    async def read(self, case_id: UUID, photo_id: UUID) -> bytes | None:
        """The photo, None when there is none of that case or it was erased."""
        key = (await self._vault.keys([case_id])).get(case_id)
        if key is None:
            return None
        try:
            async with await self._bucket.open_download_stream(photo_id) as stream:
                about, sealed = stream.metadata or {}, await stream.read()
        except NoFile:
            return None
        if about.get("case_id") != case_id:
            return None
        return key.open(StoredContent(photo_id, case_id, KIND, about["nonce"], sealed))

    async def sweep(self, before: datetime) -> int:
        """Remove photos uploaded before that moment whose case has no key; returns how many."""
        old = [
            each async for each in self._files.find({"uploadDate": {"$lt": before}}, {"metadata.case_id": 1})
        ]
        keys = await self._vault.keys({each["metadata"]["case_id"] for each in old})
        orphans = [each["_id"] for each in old if each["metadata"]["case_id"] not in keys]
        for photo_id in orphans:
            await self._bucket.delete(photo_id)
        return len(orphans)
