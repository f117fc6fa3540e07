"""How cases look over HTTP. Times in RFC 3339, UTC; nothing personal."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from libs.casework.case import (
    Appeal,
    Asked,
    Assignment,
    Awaiting,
    Case,
    CheckState,
    Link,
    Rating,
    Suspension,
)
from libs.casework.events import ContentRef
from libs.casework.events.appeals import Mark
from libs.casework.fields import FieldValue
from libs.casework.vocabulary import Source, Stage, Urgency
from libs.casework.wire import instant
from libs.stages.likely import Likely
from libs.stages.names import Names


class Waits(BaseModel):
    """Who has to act, since when."""

    machine: str | None
    person: str | None
    since: str


class Summary(BaseModel):
    """A case in a list. `rev` goes into `If-Match` of a command."""

    case_id: UUID
    number: str
    office: str
    stage: Stage
    seq: int
    rev: int
    awaits: Waits
    source: Source
    publisher: str | None
    public: bool
    parked: bool
    category: str | None
    urgency: Urgency | None
    grid: str | None
    community: str | None
    compound: str | None
    lead: str | None
    check: CheckState
    generation: int
    reported_at: str
    stage_at: str
    closed_at: str | None
    updated_at: str
    names: Names


class Item(BaseModel):
    """A work item; `words` is the id of its title, which is personal content."""

    id: str
    unit: str
    words: UUID | None
    due_at: str | None
    done_at: str | None


class Holding(BaseModel):
    """Who holds it: lead, helpers, copies, since when; `final` cannot be returned."""

    lead: str
    helpers: tuple[str, ...]
    copies: tuple[str, ...]
    final: bool
    at: str


class Request(BaseModel):
    """What the unit asks for: a pause (`until`: when to look again), or `more` time on a `clock`. A supervisor has to answer."""

    reason: str
    until: str | None
    clock: str | None
    more: str | None
    by: str
    at: str


class Waiting(BaseModel):
    """Why the work waits (挂账), who approved it, since when, and when to look again."""

    reason: str
    approver: str
    since: str
    until: str | None


class Attention(BaseModel):
    """A supervisor's order that nobody has answered: the seq that it stands at, and when it was given."""

    order: int
    at: str


class Complaint(BaseModel):
    """A unit's appeal (申诉) against the mark at seq `entry`. `upheld` null: not decided; true: the mark does not count."""

    appeal: int
    mark: Mark
    entry: int
    unit: str
    at: str
    upheld: bool | None


class Kept(BaseModel):
    """Personal content that the case has: its id and kind, never what it says."""

    id: UUID
    kind: str


class Detail(Summary):
    """All of a case."""

    declared_category: str | None
    seen_on_spot: bool
    fields: dict[str, FieldValue] | None
    assignment: Holding | None
    items: list[Item]
    returns: int
    rework: int
    suspensions: int
    asked: Request | None
    suspended: Waiting | None
    orders: list[Attention]
    appeals: list[Complaint]
    checker: str | None
    calls: int
    rating: Rating | None
    merged_into: UUID | None
    linked: tuple[Link, ...]
    followers: int
    duplicates: list[Likely]
    patrols: int
    contents: list[Kept]
    erased: bool
    head: str


_SAME = (
    "number",
    "office",
    "stage",
    "seq",
    "rev",
    "source",
    "publisher",
    "public",
    "parked",
    "category",
    "urgency",
    "grid",
    "community",
    "compound",
    "lead",
    "check",
    "generation",
)
_MORE = (
    "declared_category",
    "seen_on_spot",
    "fields",
    "returns",
    "rework",
    "suspensions",
    "checker",
    "calls",
    "rating",
    "merged_into",
    "linked",
    "followers",
    "patrols",
    "erased",
    "head",
)


def summary(case: Case, names: Names) -> Summary:
    """The case as a row."""
    return Summary(**_summed(case, names))


def detail(case: Case, names: Names, named: Sequence[ContentRef], likely: Sequence[Likely] = ()) -> Detail:
    """The case as a page; `named` is the content that its log names, `likely` what may be the same."""
    return Detail(
        **_summed(case, names),
        **{name: getattr(case, name) for name in _MORE},
        assignment=_holding(case.assignment),
        asked=_request(case.asked),
        suspended=_waiting(case.suspended),
        orders=[Attention(order=each.order, at=instant(each.at)) for each in case.orders],
        appeals=[_complaint(each) for each in case.appeals],
        items=[_item(case, index) for index in range(len(case.items))],
        duplicates=list(likely),
        contents=[Kept(id=ref.id, kind=ref.kind) for ref in named],
    )


def _summed(case: Case, names: Names) -> dict[str, Any]:
    times = ("reported_at", "stage_at", "closed_at", "updated_at")
    return {
        "case_id": case.id,
        "awaits": _waits(case.awaits),
        "names": names,
        **{name: getattr(case, name) for name in _SAME},
        **{name: _instant(getattr(case, name)) for name in times},
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else instant(at)


def _waits(awaits: Awaiting) -> Waits:
    return Waits(machine=awaits.machine, person=awaits.person, since=instant(awaits.since))


def _holding(held: Assignment | None) -> Holding | None:
    return Holding(**held.model_dump(exclude={"at"}), at=instant(held.at)) if held else None


def _request(asked: Asked | None) -> Request | None:
    if asked is None:
        return None
    more = str(asked.more) if asked.more else None
    times = {"until": _instant(asked.until), "at": instant(asked.at)}
    return Request(reason=asked.reason, clock=asked.clock, more=more, by=asked.by, **times)


def _waiting(held: Suspension | None) -> Waiting | None:
    if held is None:
        return None
    return Waiting(
        reason=held.reason,
        approver=held.approver,
        since=instant(held.since),
        until=_instant(held.until),
    )


def _complaint(appeal: Appeal) -> Complaint:
    return Complaint(**appeal.model_dump(exclude={"by", "at"}), at=instant(appeal.at))


def _item(case: Case, index: int) -> Item:
    state = case.items[index]
    item = state.item
    return Item(
        id=item.id,
        unit=item.unit,
        words=item.words.id if item.words else None,
        due_at=_instant(item.due_at),
        done_at=_instant(state.done_at),
    )
