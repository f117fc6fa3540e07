"""Check one case against everything that must hold for a log. Pure: stored documents in, findings out.

Documents come with their ids as stored bytes (`AS_STORED`); whatever somebody put there, the check ends in findings.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError

from libs.casestore.documents import UNREADABLE, case_from
from libs.casework.case import Case
from libs.casework.entry import GENESIS, Entry, chain_hash, read_entry
from libs.casework.events import ContentRef, Event, UnknownEvent
from libs.casework.fold import BrokenLog, apply
from libs.casework.lifecycle import row_of, step
from libs.casework.references import references
from libs.casework.refusal import Refusal

Document = Mapping[str, Any]
_COPIED = ("seq", "type", "at", "said_by", "stage", "office", "key")
_IDS = (("_id", "id"), ("case_id", "case_id"))


class Finding(NamedTuple):
    """Something that must not be: at which case and seq (0: the case as a whole), of which kind, in words."""

    case_id: UUID
    seq: int
    kind: str
    what: str


class Checked(NamedTuple):
    """What checking one case gave: how many events, what was found, the content that its readable entries name."""

    case_id: UUID
    events: int
    findings: tuple[Finding, ...]
    refs: tuple[ContentRef, ...]


def check_case(case_id: UUID, snapshot: Document | None, log: Sequence[Document]) -> Checked:
    """Chain, order, table, copies, answers, fold: all of one case."""
    walk = _Walk(case_id)
    for document in log:
        walk.take(document)
    walk.compare(snapshot)
    return Checked(case_id, len(log), tuple(walk.findings), references(walk.said))


class _Walk:
    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id
        self.case: Case | None = None
        self.findings: list[Finding] = []
        self.said: list[Event] = []
        self._seq, self._rev, self._at, self._head = 0, 0, 0, GENESIS
        self._revs: dict[int, int] = {}
        self._kinds: set[str] = set()
        self._answers: list[tuple[int, Any]] = []
        self._foldable = True

    def take(self, document: Document) -> None:
        try:
            seq, body, stored = int(document["seq"]), bytes(document["body"]), bytes(document["hash"])
        except (KeyError, TypeError, ValueError) as error:
            self._unreadable(f"{type(error).__name__}: seq, body or hash is missing or of another type")
            return
        before = self._head
        self._link(seq, body, stored)
        try:
            entry = read_entry(body)
            self._inside(entry, document, before)
        except UNREADABLE as error:
            self._unreadable(f"{type(error).__name__}: the bytes are not an entry we know")
            return
        self.said.append(entry.data)
        self._fold(entry, stored)

    def compare(self, snapshot: Document | None) -> None:
        for seq, spans in self._answers:
            self._answer(seq, spans)
        if self._seq == 0:
            self._found(0, "no-log", "a snapshot without a log")
        elif snapshot is None:
            self._found(0, "no-snapshot", "a log without a snapshot")
        elif self._foldable and not self._same(snapshot):
            self._found(self._seq, "fold", f"the log folds to something else in: {self._differing(snapshot)}")

    def _link(self, seq: int, body: bytes, stored: bytes) -> None:
        if seq != self._seq + 1:
            self._found(seq, "hole", f"seq {seq} follows {self._seq}")
        if chain_hash(self._head, body) != stored:
            self._found(seq, "chain", "the hash is not that of the entry on top of the one before it")
        self._seq, self._head = seq, stored

    def _inside(self, entry: Entry, document: Document, head: bytes) -> None:
        for name in _differing_copies(entry, document):
            self._found(self._seq, "copy", f"{name} beside the bytes is not what the bytes say")
        if entry.prev != head.hex():
            self._found(self._seq, "chain", "it names another entry before it")
        row = row_of(entry.type)
        expected = self._rev + (not row.commutes if row else 0)
        if entry.rev != expected:
            self._found(self._seq, "rev", f"rev {entry.rev} where {expected} was due")
        if entry.at < self._at:
            self._found(self._seq, "time", "earlier than the entry before it")
        self._rev, self._at, self._revs[entry.seq] = entry.rev, entry.at, entry.rev
        self._kinds.add(entry.type)
        if entry.key is not None:
            self._answers.append((entry.seq, document.get("spans")))

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

    def _answer(self, seq: int, spans: Any) -> None:
        """What a retry would be told must be what the log holds."""
        try:
            ours = [
                (first, last, rev)
                for case_id, first, last, rev in spans
                if bytes(case_id) == self.case_id.bytes
            ]
        except (TypeError, ValueError):
            ours = []
        told = any(first == seq for first, _, _ in ours)
        if not told or any(first > last or self._revs.get(last) != rev for first, last, rev in ours):
            self._found(seq, "answer", "the answer kept for a retry is not what the log holds")

    def _unreadable(self, what: str) -> None:
        self._foldable = False
        self._found(self._seq, "unreadable", what)

    def _same(self, snapshot: Document) -> bool:
        return self.case == _read(snapshot) and self._kinds == set(snapshot.get("kinds", ()))

    def _differing(self, snapshot: Document) -> str:
        there = _read(snapshot)
        if there is None or self.case is None:
            return "a snapshot that cannot be read"
        fields = type(self.case).model_fields
        names = [name for name in fields if getattr(self.case, name) != getattr(there, name)]
        return ", ".join(names) or "the kinds of events"

    def _found(self, seq: int, kind: str, what: str) -> None:
        self.findings.append(Finding(self.case_id, seq, kind, what))


def _differing_copies(entry: Entry, document: Document) -> Iterable[str]:
    # Words of enumerations are strings, equal to what is stored.
    yield from (name for name in _COPIED if document.get(name) != getattr(entry, name))
    yield from (name for name, ours in _IDS if bytes(document[name]) != getattr(entry, ours).bytes)


def _read(snapshot: Document) -> Case | None:
    try:
        return case_from(snapshot)
    except ValidationError:
        return None
