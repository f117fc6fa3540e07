"""Cases and entries as MongoDB holds them, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from libs.casestore.append import Append, Appended, Span
from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.casework.entry import Entry, read_entry
from libs.casework.events import EVENTS as CATALOGUE
from libs.casework.events import Event, UnknownEvent

EVENTS, CASES, CLAIMS = "case_events", "cases", "intake_keys"
_KNOWN = frozenset(CATALOGUE.names())
Document = dict[str, Any]


def case_document(case: Case, kinds: Iterable[str]) -> Document:
    """The snapshot without what has its default; `_id` is the case id.

    `kinds` are the types of event in its log, so that a version that does not know one of them leaves the case alone.
    """
    document = case.model_dump(exclude_defaults=True)
    document["_id"] = document.pop("id")
    document["kinds"] = sorted(kinds)
    return document


def case_update(before: Case, after: Case, kinds: Iterable[str]) -> Document:
    """What turns the snapshot of `before` into that of `after`: half the server's work of replacing it whole.

    `kinds`: the types of the events between them.
    """
    was, now = vars(before), vars(after)
    names = {name for name, value in now.items() if value is not was[name] and value != was[name]}
    given = after.model_dump(include=names, exclude_defaults=True)
    gone = dict.fromkeys(names - given.keys(), "")
    update = {"$set": given, "$addToSet": {"kinds": {"$each": sorted(kinds)}}}
    return update | {"$unset": gone} if gone else update


class LaterCase(Case):
    """A case whose log holds events that this version does not know: it can be shown, and is not appended to."""


def case_from(document: Mapping[str, Any]) -> Case:
    """Back from `cases`."""
    fields = dict(document)
    fields["id"] = fields.pop("_id")
    known = _KNOWN.issuperset(fields.pop("kinds", ()))
    return (Case if known else LaterCase).model_validate(fields)


def readable(document: Mapping[str, Any]) -> Case | None:
    """The case, or None when a later version wrote something into it, or into its log, that this one does not know."""
    try:
        case = case_from(document)
    except ValidationError:
        return None
    return None if isinstance(case, LaterCase) else case


UNREADABLE = (ValidationError, UnknownEvent, KeyError, TypeError)
"""What reading a stored entry raises when it was damaged, or written by a later version."""


def event_document(sealed: Sealed) -> Document:
    """An entry: the bytes and their hash, and beside them what has to be found. `verify` holds one against the other."""
    entry = sealed.entry
    return {
        "_id": entry.id,
        "case_id": entry.case_id,
        "seq": entry.seq,
        "type": entry.type,
        "at": entry.at,
        "said_by": entry.said_by.value,
        "stage": entry.stage.value,
        "office": entry.office,
        "body": sealed.body,
        "hash": sealed.hash,
    }


def keyed(document: Document, append: Append, answer: Appended) -> Document:
    """The append's first event, with its key and the answer that a retry gets."""
    return document | {
        "key": append.key,
        "fp": append.fingerprint,
        "spans": [list(span) for span in answer.spans],
    }


def answer_from(document: Mapping[str, Any]) -> tuple[Appended, bytes | None]:
    """The first answer to a key, and the fingerprint of what was asked."""
    spans = tuple(Span(*span) for span in document["spans"])
    return Appended(document["key"], spans, already=True), document.get("fp")


def sealed_from(document: Mapping[str, Any]) -> Sealed:
    """An entry as it was sealed; its bytes are taken as stored, never written again."""
    body = bytes(document["body"])
    return Sealed(read_entry(body), body, bytes(document["hash"]))


def logs_wanted(case_ids: Iterable[UUID], *also: str) -> Document:
    """What to give to `find` for the whole logs of these cases, each in order, in one read; `also`: more than their bytes."""
    return {
        "filter": {"case_id": {"$in": list(case_ids)}},
        "projection": {"_id": 0, "case_id": 1, "body": 1} | dict.fromkeys(also, 1),
        "sort": [("case_id", 1), ("seq", 1)],
    }


def readable_logs(documents: Iterable[Mapping[str, Any]]) -> dict[UUID, list[Entry]]:
    """Logs by case, from entries as `logs_wanted` finds them; one that holds what this version cannot read is left out."""
    logs: dict[UUID, list[Entry]] = {}
    unreadable: set[UUID] = set()
    for document in documents:
        try:
            logs.setdefault(document["case_id"], []).append(read_entry(document["body"]))
        except UNREADABLE:
            unreadable.add(document["case_id"])
    return {case_id: log for case_id, log in logs.items() if case_id not in unreadable}


def spans_of(drafts: Sequence[tuple[UUID, Sequence[Sealed]]]) -> tuple[Span, ...]:
    """One span a change."""
    return tuple(
        Span(case_id, sealed[0].entry.seq, sealed[-1].entry.seq, sealed[-1].entry.rev)
        for case_id, sealed in drafts
    )


def event_in(document: Mapping[str, Any]) -> Event | None:
    """What an entry says; None for one that cannot be read."""
    try:
        return sealed_from(document).entry.data
    except UNREADABLE:
        return None
