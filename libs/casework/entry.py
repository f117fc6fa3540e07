"""One entry of the case log: an event with who, when, where in the chain. Its bytes are what is hashed."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationInfo, field_validator

from libs.casework.events import EVENTS, Event
from libs.casework.vocabulary import Role, Service, Stage

GENESIS = bytes(32)
"""What stands before the first entry of a case: 32 zero bytes."""


class Actor(BaseModel):
    """Who did it, in what role, for which office and unit. Pseudonymous ids; never a name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    role: Role
    office: str | None = None
    unit: str | None = None


class Entry(BaseModel):
    """An event in its case's chain. Times are int64 µs since the epoch, UTC.

    `seq` counts every entry of the case from 1; `rev` rises only when stage, assignment or attributes change. `stage`,
    `office` and `public` are the case's after the event, so that the relay needs no other read. `key` (idempotency)
    stands on the first entry of an append only. `prev` is the hash of the entry before it, in hex.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    case_id: UUID
    seq: int
    rev: int
    type: str
    at: int
    happened_at: int | None = None
    said_by: Service
    actor: Actor
    stage: Stage
    office: str
    public: bool
    key: str | None = None
    trace: str | None = None
    data: SerializeAsAny[Event]
    prev: str

    @field_validator("data", mode="before")
    @classmethod
    def _typed(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Event):
            return value
        if "type" not in info.data:
            raise ValueError("an entry without a readable type")
        return EVENTS.read(info.data["type"], value)


def entry_bytes(entry: Entry) -> bytes:
    """The entry as it is stored and hashed: UTF-8 JSON. Written once; readers never write it again."""
    return entry.model_dump_json(exclude_none=True).encode()


def read_entry(body: bytes) -> Entry:
    """The entry in `body`. Raises `UnknownEvent` for a type from the future, `ValidationError` for damage."""
    return Entry.model_validate_json(body)


def chain_hash(prev: bytes, body: bytes) -> bytes:
    """SHA-256 over the previous hash (32 bytes) and the stored bytes of this entry."""
    return sha256(prev + body).digest()
