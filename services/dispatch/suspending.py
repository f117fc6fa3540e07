"""When the work cannot go on (挂账): the unit asks, a supervisor answers, and either takes it up again. Pure."""

from libs.casework.calendar.zones import micros
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.dispatch import Resumed, Suspended, SuspensionAsked, SuspensionRefused
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.casework.wire import instant
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import not_the_lead
from services.dispatch.bodies import Suspension, WantedSuspension
from services.dispatch.rules import Policy


def ask(
    case: Case, actor: Actor, body: WantedSuspension, sealed: Sealed, policy: Policy, now: int
) -> Decision:
    """The lead unit asks for a pause (申请挂账); asking again replaces what was asked before."""
    until = micros(body.until) if body.until else None
    refused = (
        not_the_lead(case, actor, "ask_suspension")
        or not_a_reason(case, "ask_suspension", "suspended", body.reason, policy.reasons)
        or _over(case, "ask_suspension", until, now)
    )
    return refused or (SuspensionAsked(reason=body.reason, until=until, words=first_words(sealed)),)


def refuse(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """The supervisor says no (不予挂账); only to what was asked."""
    if case.asked is None:
        detail = "no unit has asked for a suspension of this case"
        return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "refuse_suspension", ("suspend",))
    return (SuspensionRefused(words=first_words(sealed)),)


def suspend(case: Case, actor: Actor, body: Suspension, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """The supervisor approves (挂账): what the unit asked for, unless the supervisor says otherwise."""
    asked = case.asked
    reason = body.reason or (asked.reason if asked else None)
    until = micros(body.until) if body.until else asked.until if asked else None
    if reason is None:
        codes = policy.reasons.codes("suspended")
        return wrong(
            case, "suspend", "reason", "a reason is needed: no unit has asked for a suspension", *codes
        )
    refused = not_a_reason(case, "suspend", "suspended", reason, policy.reasons)
    refused = refused or _over(case, "suspend", until, now)
    return refused or (Suspended(reason=reason, approver=actor.id, until=until, words=first_words(sealed)),)


def resume(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """It goes on (恢复处置): whoever leads the work says so, or a supervisor."""
    refused = None if actor.role is Role.SUPERVISOR else not_the_lead(case, actor, "resume")
    return refused or (Resumed(words=first_words(sealed)),)


def _over(case: Case, attempted: str, until: int | None, now: int) -> Refusal | None:
    if until is None or until > now:
        return None
    return wrong(case, attempted, "until", f"{instant(until)} is over already: say when to look again")
