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

from libs.casestore.concerns import safe
from libs.casestore.searching import SEARCH
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
        kept = safe(database)
        self._content, self._keys, self._erasures = kept[CONTENT], kept[KEYS], kept[ERASURES]
        self._search = kept[SEARCH]
        self._master = AESGCM(master_key)

    def new_key(self, case_id: UUID) -> CaseKey:
        """A fresh key; its `wrapped` form belongs into the transaction that opens the case."""
        key = AESGCM.generate_key(256)
        return CaseKey(case_id, key, _wrapped(self._master, case_id, key))

    async def keys(self, case_ids: Iterable[UUID]) -> dict[UUID, CaseKey]:
        """The keys of those cases that have one; an erased case has none."""
        wanted = {"_id": {"$in": list(case_ids)}}
        found = [self._unwrap(document) async for document in self._keys.find(wanted)]
        return {key.case_id: key for key in found}

    async def read(self, refs: Mapping[UUID, Sequence[ContentRef]]) -> dict[UUID, bytes | None]:
        """Content by id for cases and their references; None where it was erased.

        Raises `DamagedContent` for what does not decrypt or is not what the log's digest says.
        """
        wanted = [ref.id for each in refs.values() for ref in each]
        if not wanted:
            return {}
        keys = await self.keys(refs)
        found = {content.id: content async for content in self._stored(wanted)}
        return {
            ref.id: _opened(keys.get(case_id), ref, found.get(ref.id))
            for case_id, each in refs.items()
            for ref in each
        }

    async def erase(self, case_id: UUID, at: int) -> bool:
        """Destroy the case's key, and what finds its words; False when it was gone already. `at` in µs UTC, for the list that a restore replays.

        The list comes first: whoever dies in between leaves a key that the next `replay_erasures` destroys.
        """
        await self._erasures.update_one({"_id": case_id}, {"$setOnInsert": {"at": at}}, upsert=True)
        await self._search.delete_one({"_id": case_id})
        return (await self._keys.delete_one({"_id": case_id})).deleted_count == 1

    async def replay_erasures(self) -> int:
        """After a restore: destroy again every key that had been destroyed. Returns how many came back."""
        erased = [document["_id"] async for document in self._erasures.find()]
        await self._search.delete_many({"_id": {"$in": erased}})
        return (await self._keys.delete_many({"_id": {"$in": erased}})).deleted_count

    async def rewrap(self, new_master_key: bytes) -> int:
        """Wrap every case's key by another master key (32 bytes); returns how many were not yet.

        Content stays as it is. Can be broken off and run again; run it once more after the last process with the old
        master key has ended, for the cases that it opened meanwhile. Raises `DamagedContent` for a key under neither.
        """
        new, changed = AESGCM(new_master_key), 0
        async for document in self._keys.find():
            was = key_from(document)
            if _unwrapped(new, was) is None:
                again = _wrapped(new, was.case_id, self._raw(was))
                # Not if it was erased or wrapped anew meanwhile.
                still = {"_id": was.case_id, "nonce": was.nonce}
                fields = {"nonce": again.nonce, "wrapped": again.wrapped}
                changed += (await self._keys.update_one(still, {"$set": fields})).modified_count
        return changed

    async def _stored(self, wanted: Sequence[UUID]) -> Any:
        async for document in self._content.find({"_id": {"$in": list(wanted)}}):
            yield content_from(document)

    def _unwrap(self, document: Document) -> CaseKey:
        wrapped = key_from(document)
        return CaseKey(wrapped.case_id, self._raw(wrapped), wrapped)

    def _raw(self, wrapped: WrappedKey) -> bytes:
        key = _unwrapped(self._master, wrapped)
        if key is None:
            raise DamagedContent(f"key of case {wrapped.case_id}: another master key?")
        return key


def _wrapped(master: AESGCM, case_id: UUID, key: bytes) -> WrappedKey:
    nonce = os.urandom(NONCE)
    return WrappedKey(case_id, nonce, master.encrypt(nonce, key, case_id.bytes))


def _unwrapped(master: AESGCM, wrapped: WrappedKey) -> bytes | None:
    try:
        return master.decrypt(wrapped.nonce, wrapped.wrapped, wrapped.case_id.bytes)
    except InvalidTag:
        return None


def _opened(key: CaseKey | None, ref: ContentRef, content: StoredContent | None) -> bytes | None:
    if key is None or content is None:
        return None
    data = key.open(content)
    if not hmac.compare_digest(key.digest(data), ref.digest):
        raise DamagedContent(f"content {ref.id} of case {key.case_id} is not what the log names")
    return data


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


def key_from(document: Mapping[str, Any]) -> WrappedKey:
    """Back from `case_keys`."""
    return WrappedKey(document["_id"], document["nonce"], document["wrapped"])


def key_document(key: WrappedKey) -> Document:
    """As `case_keys` holds it."""
    return {"_id": key.case_id, "nonce": key.nonce, "wrapped": key.wrapped}
