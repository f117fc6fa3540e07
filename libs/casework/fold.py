"""Fold the log into the case: `fold(log)` gives the stored snapshot again, to the byte.

The stage and who is awaited come from THE table; what an event changes beyond that stands in `_CHANGES`, one function
for each event that changes something.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from libs.casework.case import (
    Appeal,
    Asked,
    Assignment,
    Awaiting,
    Case,
    CheckState,
    ItemState,
    Link,
    Ordered,
    Rating,
    Suspension,
)
from libs.casework.entry import Entry
from libs.casework.events import UnknownEvent, appeals, closure, dispatch, intake, oversight, triage
from libs.casework.events.model import ContentRef, Event
from libs.casework.lifecycle import Step, row_of
from libs.casework.vocabulary import ENDED, Stage, Tie

Changes = dict[str, Any]


class BrokenLog(ValueError):
    """The log cannot be folded: it does not begin with a report, or an event stands where it cannot."""


def fold(entries: Iterable[tuple[Entry, bytes]], start: Case | None = None) -> Case | None:
    """The case after `entries` (with their chain hashes), on top of `start`."""
    return reduce(lambda case, pair: apply(case, *pair), entries, start)


def apply(case: Case | None, entry: Entry, head: bytes) -> Case:
    """The case after one more entry; `head` is that entry's chain hash (32 bytes)."""
    row = row_of(entry.type)
    if row is None:
        raise UnknownEvent(entry.type)
    if case is None:
        return _opened(entry, head)
    return case.model_copy(update=_common(case, entry, row, head) | _specific(case, entry))


def _opened(entry: Entry, head: bytes) -> Case:
    data = entry.data
    if not isinstance(data, intake.Reported):
        raise BrokenLog(f"a case begins with reported.v1 or split_off.v1, not {entry.type}")
    row = row_of(entry.type)
    assert row is not None, "looked up by the caller"
    assert row.awaits is not None, "a case that begins awaits somebody"
    return Case(
        id=entry.case_id,
        number=data.number,
        office=entry.office,
        stage=entry.stage,
        seq=entry.seq,
        rev=entry.rev,
        head=head.hex(),
        awaits=Awaiting(machine=row.awaits.machine, person=row.awaits.person, since=entry.at),
        source=data.source,
        publisher=data.publisher,
        declared_category=data.declared_category,
        seen_on_spot=data.seen_on_spot,
        grid=data.grid,
        fields=data.fields,
        contents=data.contents,
        linked=(Link(other=data.out_of, how=Tie.SPLIT_FROM),) if isinstance(data, triage.SplitOff) else (),
        before_shown=_photos(data.contents),
        reported_at=entry.at,
        stage_at=entry.at,
        updated_at=entry.at,
    )


def _common(case: Case, entry: Entry, row: Step, head: bytes) -> Changes:
    changes: Changes = {
        "seq": entry.seq,
        "rev": entry.rev,
        "head": head.hex(),
        "updated_at": entry.at,
        "office": entry.office,
        "public": entry.public,
    }
    if entry.stage != case.stage:
        # Whatever moves the case answers what was asked of it at the stage before.
        changes |= {"stage": entry.stage, "stage_at": entry.at, "closed_at": _closed_at(entry)}
        changes |= {"asked": None, "suspended": None}
    if entry.stage in ENDED:
        changes |= {"orders": ()}
    if row.awaits is not None:
        waiting = Awaiting(machine=row.awaits.machine, person=row.awaits.person, since=entry.at)
        changes |= {"awaits": waiting, "parked": False, "before_parking": None}
    return changes


def _closed_at(entry: Entry) -> int | None:
    return entry.at if entry.stage is Stage.CLOSED else None


def _specific(case: Case, entry: Entry) -> Changes:
    change = _CHANGES.get(type(entry.data))
    return change(case, entry, entry.data) if change else {}


def _classified(case: Case, entry: Entry, data: triage.Classified) -> Changes:
    return {
        "category": data.category,
        "urgency": data.urgency,
        "grid": data.grid,
        "community": data.community,
        "compound": data.compound,
    }


def _photos(contents: Iterable[ContentRef]) -> bool:
    return any(ref.kind == "photo" for ref in contents)


def _details(case: Case, entry: Entry, data: intake.DetailsAdded) -> Changes:
    return {"before_shown": case.before_shown or _photos(data.contents)}


def _confirmed(case: Case, entry: Entry, data: triage.Confirmed) -> Changes:
    return {"before_shown": case.before_shown or bool(data.evidence)}


def _queued(case: Case, entry: Entry, data: triage.QueuedForClerk) -> Changes:
    """What it says of place and urgency; what it leaves out stays as it was."""
    place = ("grid", "community", "compound") if data.grid or data.community else ()
    said = {name: getattr(data, name) for name in place}
    return said | ({"urgency": data.urgency} if data.urgency else {})


def _filed(case: Case, entry: Entry, data: triage.Filed) -> Changes:
    return {"category": data.category, "grid": data.grid, "community": data.community}


def _split(case: Case, entry: Entry, data: triage.Split) -> Changes:
    return {"linked": (*case.linked, *(Link(other=other, how=Tie.SPLIT_INTO) for other in data.into))}


def _linked(case: Case, entry: Entry, data: triage.Linked) -> Changes:
    if data.how is Tie.DUPLICATE:
        return {"followers": case.followers + 1}
    link = Link(other=data.other, how=data.how)
    return {} if link in case.linked else {"linked": (*case.linked, link)}


def _unlinked(case: Case, entry: Entry, data: triage.Unlinked) -> Changes:
    if data.how is Tie.DUPLICATE:
        return {"followers": max(case.followers - 1, 0)}
    gone = Link(other=data.other, how=data.how)
    return {"linked": tuple(link for link in case.linked if link != gone)}


def _dispatched(case: Case, entry: Entry, data: dispatch.Dispatched) -> Changes:
    assignment = Assignment(
        lead=data.lead, helpers=data.helpers, copies=data.copies, final=data.final, at=entry.at
    )
    return {"assignment": assignment, "check": CheckState.NONE}


def _handed_over(case: Case, entry: Entry, data: dispatch.HandedOver) -> Changes:
    if case.assignment is None:
        raise BrokenLog("handed_over.v1 without an assignment")
    helpers = tuple(unit for unit in case.assignment.helpers if unit != data.lead)
    given = {"lead": data.lead, "helpers": helpers, "at": entry.at}
    return {"assignment": case.assignment.model_copy(update=given)}


def _planned(case: Case, entry: Entry, data: dispatch.Planned) -> Changes:
    done = {state.item.id: state.done_at for state in case.items}
    return {"items": tuple(ItemState(item=item, done_at=done.get(item.id)) for item in data.items)}


def _item_done(case: Case, entry: Entry, data: dispatch.ItemDone) -> Changes:
    done = {"items": tuple(_done(state, data.item, entry.at) for state in case.items)}
    return done | _acted(case, entry) | {"after_shown": case.after_shown or bool(data.evidence)}


def _done(state: ItemState, item: str, at: int) -> ItemState:
    return state.model_copy(update={"done_at": at}) if state.item.id == item else state


def _acted(case: Case, entry: Entry, data: Event | None = None) -> Changes:
    return {"acted": _with(case.acted, entry.actor.id)}


def _resolved(case: Case, entry: Entry, data: dispatch.Resolved) -> Changes:
    return _acted(case, entry) | {"after_shown": case.after_shown or bool(data.evidence)}


def _returned(case: Case, entry: Entry, data: dispatch.Returned) -> Changes:
    units = _with(case.returned_by, case.lead) if case.lead else case.returned_by
    return {"returns": case.returns + 1, "returned_by": units}


def _with(known: tuple[str, ...], one: str) -> tuple[str, ...]:
    return known if one in known else (*known, one)


def _suspension_asked(case: Case, entry: Entry, data: dispatch.SuspensionAsked) -> Changes:
    return {"asked": Asked(reason=data.reason, until=data.until, by=entry.actor.id, at=entry.at)}


def _extension_asked(case: Case, entry: Entry, data: dispatch.ExtensionAsked) -> Changes:
    asked = Asked(reason=data.reason, clock=data.clock, more=data.by, by=entry.actor.id, at=entry.at)
    return {"asked": asked}


def _suspended(case: Case, entry: Entry, data: dispatch.Suspended) -> Changes:
    waits = Suspension(reason=data.reason, approver=data.approver, since=entry.at, until=data.until)
    return {"suspensions": case.suspensions + 1, "suspended": waits}


def _reviewed(case: Case, entry: Entry, data: dispatch.SuspensionReviewed) -> Changes:
    if case.suspended is None:
        # A snapshot of a version that did not keep it.
        return {}
    return {"suspended": case.suspended.model_copy(update={"until": data.until})}


def _ordered(case: Case, entry: Entry, data: dispatch.AttentionOrdered) -> Changes:
    return {"orders": (*case.orders, Ordered(order=entry.seq, at=entry.at))}


def _answered(case: Case, entry: Entry, data: dispatch.AttentionAnswered) -> Changes:
    return {"orders": tuple(each for each in case.orders if each.order != data.order)}


def _rework(case: Case, entry: Entry, data: dispatch.ReworkOrdered) -> Changes:
    again = set(data.items) or {state.item.id for state in case.items}
    return {"items": tuple(_reopened_item(state, again) for state in case.items)}


def _reopened_item(state: ItemState, again: set[str]) -> ItemState:
    return state.model_copy(update={"done_at": None}) if state.item.id in again else state


def _parked(case: Case, entry: Entry, data: oversight.Parked) -> Changes:
    return {"parked": True, "before_parking": case.before_parking or case.awaits}


def _unparked(case: Case, entry: Entry, data: oversight.Unparked) -> Changes:
    if case.before_parking is None:
        return {}
    awaits = case.before_parking.model_copy(update={"since": entry.at})
    return {"parked": False, "before_parking": None, "awaits": awaits}


def _check_planned(case: Case, entry: Entry, data: closure.CheckPlanned) -> Changes:
    return {"check": CheckState.PLANNED, "checker": data.checker}


def _check_failed(case: Case, entry: Entry, data: closure.CheckFailed) -> Changes:
    """What is done again has to be shown again."""
    return {"check": CheckState.FAILED, "rework": case.rework + 1, "checker": None, "after_shown": False}


def _reopened(case: Case, entry: Entry, data: closure.Reopened) -> Changes:
    fresh: Changes = {"check": CheckState.NONE, "returned_by": (), "checker": None}
    return fresh | {"generation": case.generation + 1, "after_shown": False, "calls": 0}


def _appealed(case: Case, entry: Entry, data: appeals.Appealed) -> Changes:
    told = {"mark": data.mark, "entry": data.entry, "unit": data.unit}
    appeal = Appeal(appeal=entry.seq, by=entry.actor.id, at=entry.at, **told)
    return {"appeals": (*case.appeals, appeal)}


def _appeal_decided(case: Case, entry: Entry, data: appeals.AppealDecided) -> Changes:
    return {"appeals": tuple(_decided(each, data) for each in case.appeals)}


def _decided(appeal: Appeal, data: appeals.AppealDecided) -> Appeal:
    if appeal.appeal != data.appeal:
        return appeal
    return appeal.model_copy(update={"upheld": data.upheld})


def _rated(case: Case, entry: Entry, data: closure.Rated) -> Changes:
    return {"rating": Rating(score=data.score, solved=data.solved, generation=case.generation)}


_CHANGES: dict[type[Event], Callable[[Case, Entry, Any], Changes]] = {
    intake.DetailsAdded: _details,
    triage.Classified: _classified,
    triage.Confirmed: _confirmed,
    triage.QueuedForClerk: _queued,
    triage.Filed: _filed,
    triage.Merged: lambda case, entry, data: {"merged_into": data.into},
    triage.Reinstated: lambda case, entry, data: {"merged_into": None},
    triage.Split: _split,
    triage.Linked: _linked,
    triage.Unlinked: _unlinked,
    dispatch.Dispatched: _dispatched,
    dispatch.HandedOver: _handed_over,
    dispatch.Planned: _planned,
    dispatch.ItemDone: _item_done,
    dispatch.Accepted: _acted,
    dispatch.Started: _acted,
    dispatch.Resolved: _resolved,
    dispatch.Returned: _returned,
    dispatch.SuspensionAsked: _suspension_asked,
    dispatch.SuspensionRefused: lambda case, entry, data: {"asked": None},
    dispatch.Suspended: _suspended,
    dispatch.SuspensionReviewed: _reviewed,
    dispatch.ExtensionAsked: _extension_asked,
    dispatch.ExtensionRefused: lambda case, entry, data: {"asked": None},
    dispatch.Extended: lambda case, entry, data: {"asked": None},
    dispatch.AttentionOrdered: _ordered,
    dispatch.AttentionAnswered: _answered,
    dispatch.ReworkOrdered: _rework,
    appeals.Appealed: _appealed,
    appeals.AppealDecided: _appeal_decided,
    closure.CheckPlanned: _check_planned,
    closure.CheckPassed: lambda case, entry, data: {"check": CheckState.PASSED},
    closure.CheckFailed: _check_failed,
    closure.PatrolPlanned: lambda case, entry, data: {"patrols": case.patrols + data.times},
    closure.CalledBack: lambda case, entry, data: {"calls": case.calls + 1},
    closure.Rated: _rated,
    closure.Reopened: _reopened,
    oversight.Parked: _parked,
    oversight.Unparked: _unparked,
    oversight.ContentErased: lambda case, entry, data: {"erased": True},
}
