"""Plan a whole group of appends in memory: pure. What is done or stale is answered without a write.

Several appends to one case are chained; an append over several cases is all or nothing; a neighbour never fails for
another's conflict.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from libs.casestore.append import Append, Appended
from libs.casestore.content import CONTENT, KEYS, content_document, key_document
from libs.casestore.documents import (
    CASES,
    CLAIMS,
    LaterCase,
    case_document,
    case_update,
    event_document,
    keyed,
    spans_of,
)
from libs.casework.case import Case
from libs.casework.draft import NewCase, Sealed, draft
from libs.casework.events import UnknownEvent
from libs.casework.refusal import Refusal, Why

Document = dict[str, Any]
Result = Appended | Refusal


class Taken(NamedTuple):
    """A value that must be unique and is there already: a case's number, the id of a content or a key."""

    collection: str
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Known:
    """What the database holds for a group: the cases it names (None: of a later version than ours), how its keys were
    answered before, who has its claims, and what earlier attempts found in their way."""

    cases: Mapping[UUID, Case | None]
    answers: Mapping[str, tuple[Appended, bytes | None]]
    claims: Mapping[str, UUID]
    in_the_way: frozenset[Taken] = frozenset()


@dataclass(slots=True)
class Plan:
    """Results in the group's order, and what to write for them. `before`: old cases, which must still be as they were."""

    results: list[Result] = field(default_factory=list)
    events: list[Document] = field(default_factory=list)
    cases: dict[UUID, Case] = field(default_factory=dict)
    before: dict[UUID, Case] = field(default_factory=dict)
    kinds: dict[UUID, set[str]] = field(default_factory=dict)
    others: dict[str, list[Document]] = field(default_factory=dict)
    answers: dict[str, tuple[Appended, bytes | None]] = field(default_factory=dict)
    claims: dict[str, UUID] = field(default_factory=dict)

    def opened(self) -> list[Document]:
        """Snapshots of cases that did not exist before."""
        return [
            case_document(case, self.kinds[case_id])
            for case_id, case in self.cases.items()
            if case_id not in self.before
        ]

    def changed(self) -> list[tuple[Case, Document]]:
        """Each case as it was, and the update that makes it what it is now."""
        return [
            (before, case_update(before, self.cases[case_id], self.kinds[case_id]))
            for case_id, before in self.before.items()
        ]


def plan(appends: Sequence[Append], known: Known, at: int, new_id: Callable[[], UUID]) -> Plan:
    """What a group of appends comes to, in order. `at` is µs UTC of this attempt."""
    group = Plan()
    for append in appends:
        result = _answered(append, known, group) or _drafted(append, known, group, at, new_id)
        group.results.append(result)
    return group


def named(appends: Iterable[Append]) -> tuple[set[UUID], set[str], set[str]]:
    """Cases, keys and claims that have to be read before a group can be planned."""
    cases = {change.case_id for append in appends for change in append.changes}
    keys = {append.key for append in appends if append.key is not None}
    claims = {claim.id for append in appends for claim in append.claims}
    return cases, keys, claims


def hoped(appends: Iterable[Append]) -> tuple[dict[UUID, Case], set[UUID]]:
    """The cases as the callers have seen them, the newest where several have, and those that nobody has seen.

    A case that is to be opened counts as seen: it is not there, or the write will say so.
    """
    seen: dict[UUID, Case] = {}
    unseen: set[UUID] = set()
    for append in appends:
        for case in append.seen:
            newer = case.id not in seen or seen[case.id].seq < case.seq
            if newer and not isinstance(case, LaterCase):
                seen[case.id] = case
        unseen |= {change.case_id for change in append.changes if not isinstance(change.expect, NewCase)}
    return seen, unseen - seen.keys()


def _answered(append: Append, known: Known, group: Plan) -> Result | None:
    if append.key is None:
        return None
    first = group.answers.get(append.key) or known.answers.get(append.key)
    return repeated(append.key, append.fingerprint, first) if first else None


def repeated(key: str, fingerprint: bytes | None, first: tuple[Appended, bytes | None]) -> Result:
    """The first answer again, unless the key now stands for something else."""
    answer, asked = first
    if fingerprint is not None and asked is not None and fingerprint != asked:
        return Refusal(Why.KEY_REUSED, "this key was used for another request; take a new one", field="key")
    return Appended(answer.key, answer.spans, already=True)


def _drafted(append: Append, known: Known, group: Plan, at: int, new_id: Callable[[], UUID]) -> Result:
    claimed = _claimed(append, known, group)
    if claimed:
        return claimed
    drafts: list[tuple[UUID, Sequence[Sealed]]] = []
    heads: dict[UUID, Case] = {}
    for change in append.changes:
        before = heads.get(change.case_id) or _head(change.case_id, known, group)
        if isinstance(before, Refusal):
            return before
        try:
            drafted = draft(before, change, append.speaker, at, new_id, None if drafts else append.key)
        except UnknownEvent as unknown:
            return Refusal(Why.UNKNOWN_EVENT, f"this version does not know {unknown}")
        if isinstance(drafted, Refusal):
            return drafted
        heads[change.case_id] = drafted.case
        drafts.append((change.case_id, drafted.sealed))
    if not drafts:
        return Refusal(Why.INVALID, "an append without changes")
    return _in_the_way(append, known, heads) or _accept(append, known, group, heads, drafts)


def _claimed(append: Append, known: Known, group: Plan) -> Refusal | None:
    for claim in append.claims:
        if claim.id in known.claims or claim.id in group.claims:
            return Refusal(Why.CASE_EXISTS, f"{claim.id} is taken", field="claim")
    return None


def _head(case_id: UUID, known: Known, group: Plan) -> Case | Refusal | None:
    planned = group.cases.get(case_id)
    if planned:
        return planned
    if case_id in known.cases and known.cases[case_id] is None:
        return Refusal(Why.UNKNOWN_EVENT, f"case {case_id} was written by a later version")
    return known.cases.get(case_id)


def _in_the_way(append: Append, known: Known, heads: Mapping[UUID, Case]) -> Refusal | None:
    if not known.in_the_way:
        return None
    beside = _beside(append).items()
    wanted = [Taken(name, "_id", document["_id"]) for name, documents in beside for document in documents]
    wanted += [
        Taken(CASES, "number", case.number) for case_id, case in heads.items() if case_id not in known.cases
    ]
    taken = next((each for each in wanted if each in known.in_the_way), None)
    return Refusal(Why.CASE_EXISTS, f"{taken.value} is taken", field=taken.field) if taken else None


def _accept(
    append: Append,
    known: Known,
    group: Plan,
    heads: Mapping[UUID, Case],
    drafts: Sequence[tuple[UUID, Sequence[Sealed]]],
) -> Appended:
    answer = Appended(append.key, spans_of(drafts))
    documents = [event_document(sealed) for _, each in drafts for sealed in each]
    if append.key is not None:
        documents[0] = keyed(documents[0], append, answer)
        group.answers[append.key] = (answer, append.fingerprint)
    group.events += documents
    group.cases |= heads
    for case_id, sealed in drafts:
        group.kinds.setdefault(case_id, set()).update(each.entry.type for each in sealed)
    group.before |= {case_id: before for case_id in heads if (before := known.cases.get(case_id))}
    for collection, written in _beside(append).items():
        if written:
            group.others.setdefault(collection, []).extend(written)
    group.claims |= {claim.id: claim.case_id for claim in append.claims}
    return answer


def _beside(append: Append) -> dict[str, list[Document]]:
    return {
        CONTENT: [content_document(content) for content in append.contents],
        KEYS: [key_document(key) for key in append.case_keys],
        CLAIMS: _claims(append),
    }


def _claims(append: Append) -> list[Document]:
    claims = [{"_id": claim.id, "case_id": claim.case_id} for claim in append.claims]
    opened = [change.case_id for change in append.changes if isinstance(change.expect, NewCase)]
    if opened and append.key is not None:
        # On a sharded cluster the key's index on events cannot be unique; this one is.
        claims.append({"_id": f"key:{append.key}", "case_id": opened[0]})
    return claims
