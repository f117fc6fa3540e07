"""What closure decides: who may check, whether it is over, whether it may be taken up again. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.case import Case
from libs.casework.categories import Row
from libs.casework.entry import Actor
from libs.casework.events.closure import (
    CheckFailed,
    CheckPassed,
    CheckPlanned,
    Closed,
    PatrolPlanned,
    Rated,
    Reopened,
)
from libs.casework.events.model import Event
from libs.casework.reasons import Reasons
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage, Urgency
from libs.stages.bodies import Shown
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import holds
from services.closure.bodies import Failure, Patrol, Rating, Reopening

DAY = 86_400_000_000


class Term(Row):
    """A number of days, and where it was read."""

    value: Annotated[int, Field(ge=0)]
    source: str
    note: str | None = None


class Terms(BaseModel):
    """The office's rules about closing, as `data/closure.yaml` holds them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    reopen_within_days: Term
    reopen_reasons_of_residents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The reviewed data that the rules go by."""

    terms: Terms
    reasons: Reasons


def parse_terms(data: Mapping[str, Any]) -> Terms:
    """The terms in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Terms.model_validate(data)


Predicate = Callable[[Case], bool]


def emergency(case: Case) -> bool:
    """Life or property was in danger."""
    return case.urgency is Urgency.EMERGENCY


def checked_before(case: Case) -> bool:
    """An earlier check had failed."""
    return case.rework > 0


def reopened_before(case: Case) -> bool:
    """It had been closed once already."""
    return case.generation > 1


def private_case(case: Case) -> bool:
    """It is not for the public: whoever goes there should know."""
    return not case.public


NOTED: tuple[Predicate, ...] = (emergency, checked_before, reopened_before, private_case)


def decide(case: Case) -> tuple[Event, ...]:
    """What closure says about a case that awaits it: somebody independent has to look (核查)."""
    if case.stage is not Stage.RESOLVED or case.lead is None:
        return ()
    because = ("reported_done", *(each.__name__ for each in NOTED if each(case)))
    return (CheckPlanned(role=Role.CHECKER, not_unit=case.lead, because=because),)


def not_independent(case: Case, actor: Actor, attempted: str) -> Refusal | None:
    """Who belongs to the lead or a helping unit, or acted for it on this case, may not check it."""
    if holds(case, actor):
        detail = f"the unit {actor.unit} had the work: somebody who does not belong to it checks it (核查)"
    elif actor.id in case.acted:
        detail = "you accepted, did or reported this work: somebody else checks it (核查)"
    else:
        return None
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted, ("an independent checker",))


def passed(case: Case, actor: Actor, body: Shown, sealed: Sealed) -> Decision:
    """It is done: passed and closed, with what the checker saw."""
    refused = not_independent(case, actor, "pass")
    if refused:
        return refused
    if body.empty:
        return wrong(case, "pass", "evidence", "evidence is needed: photos, words, or both")
    return CheckPassed(evidence=sealed.photos, words=first_words(sealed)), Closed()


def failed(case: Case, actor: Actor, body: Failure, sealed: Sealed, policy: Policy) -> Decision:
    """It is not done: back to its unit, for one of the office's reasons."""
    refused = (
        not_independent(case, actor, "fail")
        or not_a_reason(case, "fail", "check_failed", body.reason, policy.reasons)
        or _not_planned(case, body)
    )
    if refused:
        return refused
    return (
        CheckFailed(reason=body.reason, items=body.items, evidence=sealed.photos, words=first_words(sealed)),
    )


def patrol(case: Case, actor: Actor, body: Patrol, sealed: Sealed) -> Decision:
    """Somebody looks again after closing."""
    return (PatrolPlanned(grid=case.grid, every_days=body.every_days, times=body.times),)


def rated(case: Case, actor: Actor, body: Rating, sealed: Sealed) -> Decision:
    """How the resident found it, once for each closing."""
    if case.rating and case.rating.generation == case.generation:
        detail = "it was rated already; it can be rated again when it was reopened and closed again"
        return Refusal(Why.NOT_ALLOWED, detail, case.stage, "rate")
    return (Rated(score=body.score, solved=body.solved, words=first_words(sealed)),)


def reopened(case: Case, actor: Actor, body: Reopening, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """Taken up again: by a resident within the term and for a resident's reasons, by a clerk at any time."""
    refused = not_a_reason(case, "reopen", "reopened", body.reason, policy.reasons)
    if refused is None and actor.role is Role.RESIDENT:
        refused = _too_late(case, policy.terms, now) or _not_a_residents_reason(case, body, policy.terms)
    return refused or (Reopened(reason=body.reason, words=first_words(sealed)),)


def _not_planned(case: Case, body: Failure) -> Refusal | None:
    planned = tuple(state.item.id for state in case.items)
    unknown = next((item for item in body.items if item not in planned), None)
    return wrong(case, "fail", "items", f"the plan has no item {unknown}", *planned) if unknown else None


def _too_late(case: Case, terms: Terms, now: int) -> Refusal | None:
    days = terms.reopen_within_days.value
    if case.closed_at is not None and now <= case.closed_at + days * DAY:
        return None
    detail = f"a closed case is taken up again within {days} days; please report it anew"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "reopen", (Role.CLERK,))


def _not_a_residents_reason(case: Case, body: Reopening, terms: Terms) -> Refusal | None:
    allowed = terms.reopen_reasons_of_residents
    if body.reason in allowed:
        return None
    return wrong(case, "reopen", "reason", f"{body.reason} is a reason of the office", *allowed)
