"""When the work cannot go on (挂账): the unit asks, a supervisor answers, and either takes it up again. Pure."""

from libs.casework.calendar.amount import DAY
from libs.casework.calendar.zones import micros
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.dispatch import (
    Resumed,
    Suspended,
    SuspensionAsked,
    SuspensionRefused,
    SuspensionReviewed,
)
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.casework.wire import instant
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import not_the_lead
from services.dispatch.approving import own_wish
from services.dispatch.bodies import NextReview, Suspension, WantedSuspension
from services.dispatch.rules import Policy


def ask(
    case: Case, actor: Actor, body: WantedSuspension, sealed: Sealed, policy: Policy, now: int
) -> Decision:
    """The lead unit asks for a pause (申请挂账); asking again replaces what was asked before."""
    until = micros(body.until) if body.until else None
    refused = (
        not_the_lead(case, actor, "ask_suspension")
        or not_a_reason(case, "ask_suspension", "suspended", body.reason, policy.reasons)
        or _not_a_review(case, "ask_suspension", until, policy, now)
    )
    return refused or (SuspensionAsked(reason=body.reason, until=until, words=first_words(sealed)),)


def refuse(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """The supervisor says no (不予挂账); only to what was asked."""
    if case.asked is None or case.asked.clock:
        detail = "no unit has asked for a suspension of this case"
        return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "refuse_suspension", ("suspend",))
    return (SuspensionRefused(words=first_words(sealed)),)


def suspend(case: Case, actor: Actor, body: Suspension, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """The supervisor approves (挂账): what the unit asked for, unless the supervisor says otherwise; never who asked."""
    asked = None if case.asked and case.asked.clock else case.asked
    if asked and (refused := own_wish(case, actor, "suspend")):
        return refused
    reason = body.reason or (asked.reason if asked else None)
    until = micros(body.until) if body.until else asked.until if asked else None
    until = until or _usual_review(policy, now)
    if reason is None:
        codes = policy.reasons.codes("suspended")
        return wrong(
            case, "suspend", "reason", "a reason is needed: no unit has asked for a suspension", *codes
        )
    refused = not_a_reason(case, "suspend", "suspended", reason, policy.reasons)
    refused = refused or _not_a_review(case, "suspend", until, policy, now)
    return refused or (Suspended(reason=reason, approver=actor.id, until=until, words=first_words(sealed)),)


def review(case: Case, actor: Actor, body: NextReview, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """A supervisor has looked again and it still has to wait (复查挂账): until when."""
    until = micros(body.until) if body.until else _usual_review(policy, now)
    refused = _not_a_review(case, "review_suspension", until, policy, now)
    return refused or (SuspensionReviewed(until=until, words=first_words(sealed)),)


def resume(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """It goes on (恢复处置): whoever leads the work says so, or a supervisor."""
    refused = None if actor.role is Role.SUPERVISOR else not_the_lead(case, actor, "resume")
    return refused or (Resumed(words=first_words(sealed)),)


def _usual_review(policy: Policy, now: int) -> int:
    return now + policy.policies.in_force(now).reviews.usual_days * DAY


def _not_a_review(case: Case, attempted: str, until: int | None, policy: Policy, now: int) -> Refusal | None:
    if until is None:
        return None
    if until <= now:
        return wrong(case, attempted, "until", f"{instant(until)} is over already: say when to look again")
    most = policy.policies.in_force(now).reviews.most_days
    if until - now <= most * DAY:
        return None
    detail = f"{instant(until)} is later than {most} days from now: somebody has to look again before"
    return wrong(case, attempted, "until", detail, f"up to {instant(now + most * DAY)}")
