"""From a change that somebody wants to the entries that would be appended, or a refusal. Pure: no store, no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from libs.casework.case import Case
from libs.casework.entry import GENESIS, Actor, Entry, chain_hash, entry_bytes
from libs.casework.events.model import Event
from libs.casework.events.triage import Classified, QueuedForClerk
from libs.casework.fold import apply
from libs.casework.lifecycle import Step, step
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service


@dataclass(frozen=True, slots=True)
class NewCase:
    """The case must not exist yet; it is opened for `office`."""

    office: str


@dataclass(frozen=True, slots=True)
class AtRev:
    """A person saw the case at this `rev`; warnings and notes since then do not matter."""

    rev: int


@dataclass(frozen=True, slots=True)
class AtSeq:
    """Decided on the log exactly as it stood at this `seq` (services' own decisions, breaches)."""

    seq: int


@dataclass(frozen=True, slots=True)
class Whatever:
    """Put on top of whatever is there; for events that commute, and for commands that the table alone judges."""


Expect = NewCase | AtRev | AtSeq | Whatever


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to say about one case: one or more events, in order, all or none."""

    case_id: UUID
    expect: Expect
    events: tuple[Event, ...]
    happened_at: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """On whose behalf an append is made: the service that says it, the actor, the W3C traceparent."""

    service: Service
    actor: Actor
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with the bytes to store and its chain hash (32 bytes)."""

    entry: Entry
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Drafted:
    """The case as it will be, and what to append to get there."""

    case: Case
    sealed: tuple[Sealed, ...]


def draft(
    case: Case | None,
    change: Change,
    speaker: Speaker,
    at: int,
    new_id: Callable[[], UUID],
    key: str | None = None,
) -> Drafted | Refusal:
    """Seal `change` on top of `case`. `at` (µs UTC) is lifted to the head's time when the clock is behind it."""
    refused = unexpected(case, change)
    if refused:
        return refused
    sealed: list[Sealed] = []
    for event in change.events:
        row = step(case.stage if case else None, event.name(), speaker.service)
        if isinstance(row, Refusal):
            return row
        one = _seal(case, change, event, row, speaker, at, new_id(), None if sealed else key)
        case = apply(case, one.entry, one.hash)
        sealed.append(one)
    return Drafted(case, tuple(sealed)) if case else Refusal(Why.INVALID, "a change without events")


def unexpected(case: Case | None, change: Change) -> Refusal | None:
    """Why the case is not as the change expects it, or None."""
    attempted = ", ".join(event.name() for event in change.events)
    match change.expect, case:
        case NewCase(), None:
            return None
        case NewCase(), Case(stage=stage):
            return Refusal(Why.CASE_EXISTS, f"case {change.case_id} exists already", stage, attempted)
        case _, None:
            return Refusal(Why.UNKNOWN_CASE, f"no case {change.case_id}", None, attempted)
        case AtRev(rev), Case() if rev != case.rev:
            return _stale("rev", rev, case.rev, case, attempted)
        case AtSeq(seq), Case() if seq != case.seq:
            return _stale("seq", seq, case.seq, case, attempted)
    return None


def _stale(what: str, seen: int, now: int, case: Case, attempted: str) -> Refusal:
    detail = (
        f"the case has moved on to {what} {now} (you saw {seen}); it is at {case.stage} ({case.stage.zh})"
    )
    return Refusal(Why.STALE, detail, case.stage, attempted, field=what)


def _seal(
    case: Case | None,
    change: Change,
    event: Event,
    row: Step,
    speaker: Speaker,
    at: int,
    entry_id: UUID,
    key: str | None,
) -> Sealed:
    office, public = _office_and_visibility(case, change, event)
    head = bytes.fromhex(case.head) if case else GENESIS
    stage = row.to or (case.stage if case else None)
    assert stage is not None, "the table gives the first event its stage"
    entry = Entry(
        id=entry_id,
        case_id=change.case_id,
        seq=case.seq + 1 if case else 1,
        rev=(case.rev if case else 0) + (not row.commutes),
        type=event.name(),
        at=max(at, case.updated_at) if case else at,
        happened_at=change.happened_at,
        said_by=speaker.service,
        actor=speaker.actor,
        stage=stage,
        office=office,
        public=public,
        key=key,
        trace=speaker.trace,
        data=event,
        prev=head.hex(),
    )
    body = entry_bytes(entry)
    return Sealed(entry, body, chain_hash(head, body))


def _office_and_visibility(case: Case | None, change: Change, event: Event) -> tuple[str, bool]:
    if isinstance(event, Classified):
        return event.office, event.public
    if case and isinstance(event, QueuedForClerk):
        return event.office or case.office, case.public
    if case:
        return case.office, case.public
    assert isinstance(change.expect, NewCase), "only a new case has no case"
    return change.expect.office, False
