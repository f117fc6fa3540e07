"""Check one case against everything that must hold for a log. Pure: stored documents in, findings out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError

from libs.casestore.documents import case_from
from libs.casework.case import Case
from libs.casework.entry import GENESIS, Entry, chain_hash, read_entry
from libs.casework.events import UnknownEvent
from libs.casework.fold import BrokenLog, apply
from libs.casework.lifecycle import row_of, step
from libs.casework.refusal import Refusal

Document = Mapping[str, Any]
_COPIED = ("seq", "type", "at", "said_by", "stage", "office", "case_id", "key")


class Finding(NamedTuple):
    """Something that must not be: at which case and seq (0: the case as a whole), of which kind, in words."""

    case_id: UUID
    seq: int
    kind: str
    what: str


class Checked(NamedTuple):
    """What checking one case gave: how many events, what was found, the case that its log folds to."""

    events: int
    findings: tuple[Finding, ...]
    case: Case | None


def check_case(case_id: UUID, snapshot: Document | None, log: Sequence[Document]) -> Checked:
    """Chain, order, table, copies, fold: all of one case."""
    walk = _Walk(case_id)
    for document in log:
        walk.take(document)
    walk.compare(snapshot)
    return Checked(len(log), tuple(walk.findings), walk.case)


class _Walk:
    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        self.case: Case | None = None
        self.findings: list[Finding] = []
        self._seq, self._rev, self._at, self._head = 0, 0, 0, GENESIS
        self._foldable = True

    def take(self, document: Document) -> None:
        body, stored = bytes(document["body"]), bytes(document["hash"])
        seq = int(document["seq"])
        if seq != self._seq + 1:
            self._found(seq, "hole", f"seq {seq} follows {self._seq}")
        if chain_hash(self._head, body) != stored:
            self._found(seq, "chain", "the hash is not that of the entry on top of the one before it")
        self._seq, self._head = seq, stored
        try:
            entry = read_entry(body)
        except (ValidationError, UnknownEvent, KeyError) as error:
            self._foldable = False
            self._found(seq, "unreadable", f"{type(error).__name__}: the bytes are not an entry we know")
            return
        self._inside(entry, document)
        self._fold(entry, stored)

    def compare(self, snapshot: Document | None) -> None:
        if self._seq == 0:
            self._found(0, "no-log", "a snapshot without a log")
        elif snapshot is None:
            self._found(0, "no-snapshot", "a log without a snapshot")
        elif self._foldable and self.case != _read(snapshot):
            self._found(self._seq, "fold", f"the log folds to something else in: {self._differing(snapshot)}")

    def _inside(self, entry: Entry, document: Document) -> None:
        for name, value in _copies(entry):
            if document.get(name) != value:
                self._found(self._seq, "copy", f"{name} beside the bytes is not what the bytes say")
        if entry.id != document["_id"]:
            self._found(self._seq, "copy", "_id is not the entry's id")
        row = row_of(entry.type)
        expected = self._rev + (not row.commutes if row else 0)
        if entry.rev != expected:
            self._found(self._seq, "rev", f"rev {entry.rev} where {expected} was due")
        if entry.at < self._at:
            self._found(self._seq, "time", "earlier than the entry before it")
        self._rev, self._at = entry.rev, entry.at

    def _fold(self, entry: Entry, head: bytes) -> None:
        if not self._foldable:
            return
        stage = self.case.stage if self.case else None
        row = step(stage, entry.type, entry.said_by)
        if isinstance(row, Refusal):
            self._found(self._seq, "table", row.detail)
        elif entry.stage is not (row.to or stage):
            self._found(self._seq, "table", f"leads to {row.to or stage}, not to {entry.stage}")
        try:
            self.case = apply(self.case, entry, head)
        except (BrokenLog, UnknownEvent) as error:
            self._foldable = False
            self._found(self._seq, "fold", str(error))

    def _differing(self, snapshot: Document) -> str:
        there = _read(snapshot)
        if there is None or self.case is None:
            return "a snapshot that cannot be read"
        names = type(self.case).model_fields
        return ", ".join(name for name in names if getattr(self.case, name) != getattr(there, name))

    def _found(self, seq: int, kind: str, what: str) -> None:
        self.findings.append(Finding(self.case_id, seq, kind, what))


def _copies(entry: Entry) -> Iterable[tuple[str, Any]]:
    for name in _COPIED:
        value = getattr(entry, name)
        yield name, value.value if hasattr(value, "value") else value


def _read(snapshot: Document) -> Case | None:
    try:
        return case_from(snapshot)
    except ValidationError:
        return None
