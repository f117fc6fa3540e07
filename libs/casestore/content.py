"""Personal content, encrypted under a key for each case (AES-256-GCM), that key wrapped by the master key.

Stored: `case_content` {_id, case_id, kind, nonce, sealed} and `case_keys` {_id: case id, nonce, wrapped}. Destroying a case's
key erases its content for good; the log keeps only ids and keyed digests, so its chain still verifies.
"""

import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo.asynchronous.database import AsyncDatabase

from libs.casework.events.model import ContentRef

CONTENT, KEYS, ERASURES = "case_content", "case_keys", "erasures"
NONCE = 12
Document = dict[str, Any]


class DamagedContent(ValueError):
    """Content or a key does not decrypt: damaged, moved to another place, or the master key is another one."""


class StoredContent(NamedTuple):
    """One piece of content as it is stored: everything but `sealed` is authenticated with it."""

    id: UUID
    case_id: UUID
    kind: str
    nonce: bytes
    sealed: bytes


class WrappedKey(NamedTuple):
    """A case's key, wrapped by the master key."""

    case_id: UUID
    nonce: bytes
    wrapped: bytes


class CaseKey:
    """The key of one case, ready for use. Lives only in memory."""

    def __init__(self, case_id: UUID, key: bytes, wrapped: WrappedKey) -> None:
        self.case_id, self.wrapped = case_id, wrapped
        self._cipher = AESGCM(key)
        self._digest_key = hmac.digest(key, b"banjie content digest", "sha256")

    def seal(self, kind: str, content_id: UUID, data: bytes) -> tuple[ContentRef, StoredContent]:
        """Encrypt `data`; the reference goes into an event, the stored content into the same transaction."""
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, data, self._bound_to(kind, content_id))
        ref = ContentRef(id=content_id, kind=kind, digest=self.digest(data))
        return ref, StoredContent(content_id, self.case_id, kind, nonce, sealed)

    def open(self, content: StoredContent) -> bytes:
        """The data again. Raises `DamagedContent` when it is not what was sealed here."""
        try:
            return self._cipher.decrypt(
                content.nonce, content.sealed, self._bound_to(content.kind, content.id)
            )
        except InvalidTag:
            raise DamagedContent(f"content {content.id} of case {self.case_id}") from None

    def digest(self, data: bytes) -> str:
        """HMAC-SHA-256 in hex: says nothing about the data once the key is gone."""
        return hmac.new(self._digest_key, data, sha256).hexdigest()

    def _bound_to(self, kind: str, content_id: UUID) -> bytes:
        return self.case_id.bytes + content_id.bytes + kind.encode()


class ContentVault:
    """Makes and unwraps case keys, reads content, erases. `master_key`: 32 bytes."""

    def __init__(self, database: AsyncDatabase[Document], master_key: bytes) -> None:
        self._content, self._keys = database[CONTENT], database[KEYS]
        self._erasures = database[ERASURES]
        self._master = AESGCM(master_key)

    def new_key(self, case_id: UUID) -> CaseKey:
        """A fresh key; its `wrapped` form belongs into the transaction that opens the case."""
        key = AESGCM.generate_key(256)
        nonce = os.urandom(NONCE)
        wrapped = WrappedKey(case_id, nonce, self._master.encrypt(nonce, key, case_id.bytes))
        return CaseKey(case_id, key, wrapped)

    async def keys(self, case_ids: Iterable[UUID]) -> dict[UUID, CaseKey]:
        """The keys of those cases that have one; an erased case has none."""
        wanted = {"_id": {"$in": list(case_ids)}}
        found = [self._unwrap(document) async for document in self._keys.find(wanted)]
        return {key.case_id: key for key in found}

    async def read(self, refs: Mapping[UUID, Sequence[ContentRef]]) -> dict[UUID, bytes | None]:
        """Content by id for cases and their references; None where it was erased."""
        wanted = [ref.id for each in refs.values() for ref in each]
        if not wanted:
            return {}
        keys = await self.keys(refs)
        found = {content.id: content async for content in self._stored(wanted)}
        return {ref: _opened(keys, found.get(ref)) for ref in wanted}

    async def erase(self, case_id: UUID, at: int) -> bool:
        """Destroy the case's key; False when it was gone already. `at` in µs UTC, for the list that a restore replays."""
        await self._erasures.update_one({"_id": case_id}, {"$setOnInsert": {"at": at}}, upsert=True)
        return (await self._keys.delete_one({"_id": case_id})).deleted_count == 1

    async def replay_erasures(self) -> int:
        """After a restore: destroy again every key that had been destroyed. Returns how many came back."""
        erased = [document["_id"] async for document in self._erasures.find()]
        return (await self._keys.delete_many({"_id": {"$in": erased}})).deleted_count

    async def _stored(self, wanted: Sequence[UUID]) -> Any:
        async for document in self._content.find({"_id": {"$in": list(wanted)}}):
            yield content_from(document)

    def _unwrap(self, document: Document) -> CaseKey:
        wrapped = WrappedKey(document["_id"], document["nonce"], document["wrapped"])
        try:
            key = self._master.decrypt(wrapped.nonce, wrapped.wrapped, wrapped.case_id.bytes)
        except InvalidTag:
            raise DamagedContent(f"key of case {wrapped.case_id}: another master key?") from None
        return CaseKey(wrapped.case_id, key, wrapped)


def _opened(keys: Mapping[UUID, CaseKey], content: StoredContent | None) -> bytes | None:
    key = keys.get(content.case_id) if content else None
    return key.open(content) if key and content else None


def content_document(content: StoredContent) -> Document:
    """As `case_content` holds it."""
    return {
        "_id": content.id,
        "case_id": content.case_id,
        "kind": content.kind,
        "nonce": content.nonce,
        "sealed": content.sealed,
    }


def content_from(document: Mapping[str, Any]) -> StoredContent:
    """Back from `case_content`."""
    return StoredContent(
        document["_id"], document["case_id"], document["kind"], document["nonce"], document["sealed"]
    )


def key_document(key: WrappedKey) -> Document:
    """As `case_keys` holds it."""
    return {"_id": key.case_id, "nonce": key.nonce, "wrapped": key.wrapped}
