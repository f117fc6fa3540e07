"""When the work cannot go on (挂账): the unit asks, a supervisor answers, and either takes it up again. Pure."""

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.dispatch import Resumed, Suspended, SuspensionAsked, SuspensionRefused
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import not_the_lead
from services.dispatch.bodies import Suspension, micros
from services.dispatch.rules import Policy


def ask(case: Case, actor: Actor, body: Suspension, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """The lead unit asks for a pause (申请挂账); asking again replaces what was asked before."""
    refused = not_the_lead(case, actor, "ask_suspension") or _not_to_be(
        case, "ask_suspension", body.reason, body, policy, now
    )
    return refused or (
        SuspensionAsked(reason=body.reason or "", until=_until(body), words=first_words(sealed)),
    )


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
    refused = _not_to_be(case, "suspend", reason, body, policy, now)
    if refused:
        return refused
    until = _until(body) or (asked.until if asked else None)
    return (Suspended(reason=reason or "", approver=actor.id, until=until, words=first_words(sealed)),)


def resume(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """It goes on (恢复处置): whoever leads the work says so, or a supervisor."""
    refused = None if actor.role is Role.SUPERVISOR else not_the_lead(case, actor, "resume")
    return refused or (Resumed(words=first_words(sealed)),)


def _not_to_be(
    case: Case, attempted: str, reason: str | None, body: Suspension, policy: Policy, now: int
) -> Refusal | None:
    if reason is None:
        codes = policy.reasons.codes("suspended")
        return wrong(case, attempted, "reason", "a reason is needed: nobody has asked yet", *codes)
    return not_a_reason(case, attempted, "suspended", reason, policy.reasons) or _past(
        case, attempted, body, now
    )


def _past(case: Case, attempted: str, body: Suspension, now: int) -> Refusal | None:
    if body.until is None or micros(body.until) > now:
        return None
    return wrong(case, attempted, "until", f"{body.until.isoformat()} is over already")


def _until(body: Suspension) -> int | None:
    return micros(body.until) if body.until else None
