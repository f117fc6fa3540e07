"""THE table: from which stage which event leads where, which service may say it, and who is awaited then.

Nothing else in the system decides this. The store refuses what is not here, `verify` checks it after the fact, the
screens' buttons come from it, and docs/lifecycle.md is drawn from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import (
    ENDED,
    NOBODY,
    OPEN,
    Awaited,
    Role,
    Service,
    Stage,
    machine,
    person,
)

S = Stage
_ANY = frozenset(Stage)
_WITH_UNIT = frozenset({S.DISPATCHED, S.ACCEPTED, S.WORKING})
_BEFORE_FILING = frozenset({S.REPORTED, S.CONFIRMING})
_AT_WORK = _WITH_UNIT | {S.FILED}
# A unit hears of a mark also when the case is over already.
_HELD = (OPEN - _BEFORE_FILING) | {S.CLOSED}


@dataclass(frozen=True, slots=True)
class Step:
    """One row. `to` None: the stage stays. `awaits` None: whoever was awaited still is.

    `commutes`: changes neither stage, assignment nor attributes, so `rev` does not rise and nobody gets a conflict.
    """

    event: str
    at: frozenset[Stage | None]
    to: Stage | None
    said_by: frozenset[Service]
    awaits: Awaited | None
    commutes: bool = False

    def wakes(self) -> Service | None:
        """The service whose agent has work after this: its voice topic carries the event."""
        waiting = self.awaits.machine if self.awaits else None
        return None if waiting in self.said_by else waiting


def _row(
    event: str,
    at: frozenset[Stage] | Stage | None,
    to: Stage | None,
    by: Service,
    awaits: Awaited | None = None,
    *,
    commutes: bool = False,
) -> Step:
    stages = at if isinstance(at, frozenset) else frozenset({at})
    return Step(event, stages, to, frozenset({by}), awaits, commutes)


_I, _T, _D, _C = Service.INTAKE, Service.TRIAGE, Service.DISPATCH, Service.CLOSURE
_CLERK, _UNIT, _GRID = person(Role.CLERK), person(Role.UNIT_WORKER), person(Role.GRID_WORKER)
_CHECKER, _SUPERVISOR = person(Role.CHECKER), person(Role.SUPERVISOR)
_EVERY_SERVICE = frozenset(Service)

TABLE: tuple[Step, ...] = (
    #    event                at                              to             by  awaits
    _row("reported.v1", None, S.REPORTED, _I, machine(_T)),
    _row("split_off.v1", None, S.REPORTED, _T, _CLERK),
    _row("details_added.v1", OPEN, None, _I, commutes=True),
    _row("withdrawn.v1", _BEFORE_FILING | {S.FILED}, S.WITHDRAWN, _I, NOBODY),
    _row("classified.v1", OPEN - {S.RESOLVED}, None, _T),
    _row("duplicates_suggested.v1", OPEN, None, _T, commutes=True),
    _row("queued_for_clerk.v1", _BEFORE_FILING, S.REPORTED, _T, _CLERK),
    _row("confirmation_asked.v1", S.REPORTED, S.CONFIRMING, _T, _GRID),
    _row("confirmed.v1", S.CONFIRMING, None, _T, _CLERK),
    _row("filed.v1", _BEFORE_FILING, S.FILED, _T, machine(_D)),
    _row("rejected.v1", _BEFORE_FILING, S.REJECTED, _T, NOBODY),
    _row("merged.v1", _BEFORE_FILING | {S.FILED}, S.MERGED, _T, NOBODY),
    _row("split.v1", OPEN - {S.RESOLVED}, None, _T, commutes=True),
    _row("linked.v1", _ANY, None, _T, commutes=True),
    _row("unlinked.v1", _ANY, None, _T, commutes=True),
    _row("reinstated.v1", ENDED - {S.CLOSED}, S.REPORTED, _T, _CLERK),
    _row("unit_undecided.v1", S.FILED, None, _D, _CLERK),
    _row("dispatched.v1", S.FILED, S.DISPATCHED, _D, _UNIT),
    _row("planned.v1", _WITH_UNIT, None, _D),
    _row("accepted.v1", S.DISPATCHED, S.ACCEPTED, _D, _UNIT),
    _row("returned.v1", frozenset({S.DISPATCHED, S.ACCEPTED}), S.FILED, _D, _CLERK),
    _row("handed_over.v1", _WITH_UNIT, S.DISPATCHED, _D, _UNIT),
    _row("started.v1", S.ACCEPTED, S.WORKING, _D, _UNIT),
    _row("item_done.v1", S.WORKING, None, _D),
    _row("noted.v1", OPEN, None, _D, commutes=True),
    _row("suspension_asked.v1", S.WORKING, None, _D, _SUPERVISOR),
    _row("suspension_refused.v1", S.WORKING, None, _D, _UNIT),
    _row("suspended.v1", S.WORKING, S.SUSPENDED, _D, _SUPERVISOR),
    _row("suspension_reviewed.v1", S.SUSPENDED, None, _D),
    _row("resumed.v1", S.SUSPENDED, S.WORKING, _D, _UNIT),
    _row("extension_asked.v1", _WITH_UNIT, None, _D, _SUPERVISOR),
    _row("extension_refused.v1", _WITH_UNIT, None, _D, _UNIT),
    _row("extended.v1", _WITH_UNIT, None, _D, _UNIT),
    Step("resident_awaited.v1", _BEFORE_FILING | _AT_WORK, None, frozenset({_T, _D}), None, commutes=True),
    Step("resident_answered.v1", OPEN, None, frozenset({_T, _D}), None, commutes=True),
    _row("resolved.v1", S.WORKING, S.RESOLVED, _D, machine(_C)),
    _row("rework_ordered.v1", S.ACCEPTED, None, _D, _UNIT),
    _row("attention_ordered.v1", OPEN, None, _D, commutes=True),
    _row("attention_answered.v1", OPEN, None, _D, commutes=True),
    _row("appealed.v1", _HELD, None, _D, commutes=True),
    _row("appeal_decided.v1", _HELD, None, _D, commutes=True),
    _row("check_planned.v1", S.RESOLVED, None, _C, _CHECKER),
    _row("check_passed.v1", S.RESOLVED, None, _C),
    _row("check_failed.v1", S.RESOLVED, S.ACCEPTED, _C, machine(_D)),
    _row("closed.v1", S.RESOLVED, S.CLOSED, _C, NOBODY),
    _row("patrol_planned.v1", S.CLOSED, None, _C, commutes=True),
    _row("called_back.v1", S.CLOSED, None, _C, commutes=True),
    _row("rated.v1", S.CLOSED, None, _C),
    _row("reopened.v1", S.CLOSED, S.FILED, _C, machine(_D)),
    _row("deadline_warned.v1", OPEN, None, Service.SLA, commutes=True),
    _row("deadline_breached.v1", OPEN, None, Service.SLA, commutes=True),
    _row("deadline_escalated.v1", OPEN, None, Service.SLA, commutes=True),
    # Before it is filed no version stays with a case: the one in force at its filing will.
    _row("policy_changed.v1", OPEN - _BEFORE_FILING, None, Service.SLA, commutes=True),
    _row("content_viewed.v1", _ANY, None, Service.RECORDS, commutes=True),
    _row("content_erased.v1", _ANY, None, Service.RECORDS, commutes=True),
    Step("parked.v1", OPEN, None, _EVERY_SERVICE, _CLERK),
    Step("unparked.v1", OPEN, None, _EVERY_SERVICE, None),
)

_BY_EVENT = {row.event: row for row in TABLE}


def row_of(event: str) -> Step | None:
    """The table's row for an event name such as `filed.v1`, or None."""
    return _BY_EVENT.get(event)


def step(stage: Stage | None, event: str, said_by: Service) -> Step | Refusal:
    """The row that lets `said_by` say `event` about a case at `stage` (None: no case yet), or why not."""
    row = _BY_EVENT.get(event)
    if row is None:
        detail = f"no step is called {event}, asked for {_here(stage)}"
        return Refusal(Why.UNKNOWN_EVENT, detail, stage, event, tuple(_BY_EVENT))
    if stage not in row.at:
        return _wrong_stage(stage, row)
    if said_by not in row.said_by:
        speakers = tuple(sorted(row.said_by))
        detail = f"{said_by} may not say {event} about {_here(stage)}; {' or '.join(speakers)} may"
        return Refusal(Why.NOT_THIS_SERVICE, detail, stage, event, speakers)
    return row


def walked(stage: Stage | None, events: Iterable[str], said_by: Service) -> Stage | Refusal | None:
    """Where these events, said one after the other, take a case that is at `stage`; or why one of them cannot be said."""
    for event in events:
        row = step(stage, event, said_by)
        if isinstance(row, Refusal):
            return row
        stage = row.to or stage
    return stage


def _wrong_stage(stage: Stage | None, row: Step) -> Refusal:
    return Refusal(
        Why.NOT_THIS_STAGE,
        f"{row.event} cannot happen to {_here(stage)}; it happens at {', '.join(_names(row))}",
        stage,
        row.event,
        steps_from(stage),
    )


def _here(stage: Stage | None) -> str:
    return f"a case at {stage} ({stage.zh})" if stage else "a case that does not exist yet"


def _names(row: Step) -> list[str]:
    return sorted(str(stage) if stage else "no case yet" for stage in row.at)


def steps_from(stage: Stage | None) -> tuple[str, ...]:
    """Every event that may happen at `stage`, in the table's order."""
    return tuple(row.event for row in TABLE if stage in row.at)
