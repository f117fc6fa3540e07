"""What an append asks for and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from libs.casestore.content import StoredContent, WrappedKey
from libs.casework.case import Case
from libs.casework.draft import Change, Speaker


class Claim(NamedTuple):
    """A name that may be taken once, for a case: a publisher's message id, a receipt code's digest."""

    id: str
    case_id: UUID


class Span(NamedTuple):
    """What one change became: the case's entries `first_seq` to `last_seq`, and its `rev` after them."""

    case_id: UUID
    first_seq: int
    last_seq: int
    rev: int


@dataclass(frozen=True, slots=True)
class Append:
    """Changes to one or several cases, all or none, with what belongs into the same transaction.

    `key` makes it happen once; `fingerprint` (digest of the request) tells a retry from a reuse of the key. `seen`: the
    cases as the caller has just loaded them, which spares the store a read; whether they still are so, the write decides.
    """

    changes: Sequence[Change]
    speaker: Speaker
    key: str | None = None
    fingerprint: bytes | None = None
    contents: Sequence[StoredContent] = ()
    case_keys: Sequence[WrappedKey] = ()
    claims: Sequence[Claim] = ()
    seen: Sequence[Case] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """It is in the log: one span a change, in order. `already`: it was there before, and this is the first answer again."""

    key: str | None
    spans: tuple[Span, ...]
    already: bool = False
