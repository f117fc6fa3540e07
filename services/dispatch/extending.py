"""More time for a clock (延期): the unit asks, a supervisor answers. Pure; decided on the whole log, which the clocks follow from."""

from collections.abc import Sequence
from dataclasses import replace

from libs.casework.calendar import Amount
from libs.casework.case import Asked, Case
from libs.casework.deadlines.extending import not_to_extend_by
from libs.casework.entry import Actor, Entry
from libs.casework.events.dispatch import Extended, ExtensionAsked, ExtensionRefused
from libs.casework.refusal import Refusal, Why
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason
from libs.stages.scope import not_the_lead
from services.dispatch.approving import own_wish
from services.dispatch.bodies import Extension, WantedExtension
from services.dispatch.rules import Policy


def ask(
    case: Case, actor: Actor, body: WantedExtension, sealed: Sealed, log: Sequence[Entry], policy: Policy
) -> Decision:
    """The lead unit asks for more time (申请延期), within what the policy allows; asking again replaces what was asked before."""
    refused = (
        not_the_lead(case, actor, "ask_extension")
        or not_a_reason(case, "ask_extension", "extended", body.reason, policy.reasons)
        or _not_allowed(case, "ask_extension", body.clock, body.by, log, policy)
    )
    asked = ExtensionAsked(reason=body.reason, clock=body.clock, by=body.by, words=first_words(sealed))
    return refused or (asked,)


def refuse(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """The supervisor says no (不予延期); only to what was asked."""
    asked = _asked(case, "refuse_extension")
    return asked if isinstance(asked, Refusal) else (ExtensionRefused(words=first_words(sealed)),)


def extend(
    case: Case, actor: Actor, body: Extension, sealed: Sealed, log: Sequence[Entry], policy: Policy
) -> Decision:
    """The supervisor gives the time that the unit asked for (延期), or less; never who asked for it."""
    asked = _asked(case, "extend")
    if isinstance(asked, Refusal):
        return asked
    clock, by = asked.clock or "", body.by or asked.more
    assert by is not None, "what is asked for a clock names how much"
    refused = (
        own_wish(case, actor, "extend")
        or _more_than(case, asked.more, by)
        or _not_allowed(case, "extend", clock, by, log, policy)
    )
    given = Extended(reason=asked.reason, approver=actor.id, clock=clock, by=by, words=first_words(sealed))
    return refused or (given,)


def _asked(case: Case, attempted: str) -> Asked | Refusal:
    if case.asked and case.asked.clock:
        return case.asked
    detail = "no unit has asked for an extension of this case"
    return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, attempted, ("ask_extension",))


def _more_than(case: Case, asked: Amount | None, by: Amount) -> Refusal | None:
    if asked is None or (by.unit is asked.unit and by.value <= asked.value):
        return None
    detail = (
        f"the unit asked for {asked.zh} ({asked}); as much or less may be given, in the same unit of time"
    )
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "extend", field="by")


def _not_allowed(
    case: Case, attempted: str, clock: str, by: Amount, log: Sequence[Entry], policy: Policy
) -> Refusal | None:
    refused = not_to_extend_by(log, clock, by, policy.policies, policy.calendars)
    return replace(refused, stage=case.stage, attempted=attempted) if refused else None
