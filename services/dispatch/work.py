"""What a unit does with an order: signs for it, sends it back, works, reports it done. Pure."""

from libs.casework.case import Case, ItemState
from libs.casework.entry import Actor
from libs.casework.events.dispatch import (
    Accepted,
    ItemDone,
    Noted,
    ResidentAnswered,
    ResidentAwaited,
    Resolved,
    Returned,
    Started,
)
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service
from libs.stages.bodies import Nothing, Said, Shown
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import holds, not_the_lead
from services.dispatch.bodies import ItemReport, Note, Return
from services.dispatch.rules import Policy, needs_rework

_WATCHES = frozenset({Role.CLERK, Role.SUPERVISOR, Role.GRID_WORKER})


def accept(case: Case, actor: Actor, body: Nothing, sealed: Sealed) -> Decision:
    """The lead unit signs for it (签收)."""
    return not_the_lead(case, actor, "accept") or (Accepted(),)


def send_back(case: Case, actor: Actor, body: Return, sealed: Sealed, policy: Policy) -> Decision:
    """Not for this unit (退单), for one of the office's reasons; a final ruling cannot be sent back."""
    refused = (
        not_the_lead(case, actor, "return")
        or _final(case)
        or not_a_reason(case, "return", "returned", body.reason, policy.reasons)
    )
    return refused or (Returned(reason=body.reason, words=first_words(sealed)),)


def start(case: Case, actor: Actor, body: Nothing, sealed: Sealed) -> Decision:
    """Work begins."""
    return not_the_lead(case, actor, "start") or _rework_not_ordered_yet(case) or (Started(),)


def done(case: Case, actor: Actor, body: ItemReport, sealed: Sealed) -> Decision:
    """One item of the plan is done; its own unit may say so too."""
    state = next((state for state in case.items if state.item.id == body.item), None)
    if state is None:
        if not _open_items(case):
            detail = (
                "no item of a plan is open"
                if case.items
                else "nothing was planned: there is no item to be done"
            )
            return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "done", ("plan", "resolve"))
        known = (each.item.id for each in case.items)
        return wrong(case, "done", "item", f"the plan has no item {body.item}", *known)
    refused = _not_its_unit(case, state, actor)
    if refused:
        return refused
    if state.done_at is not None:
        return wrong(case, "done", "item", f"item {body.item} is done already", *_open_items(case))
    return (ItemDone(item=body.item, evidence=sealed.photos, words=first_words(sealed)),)


def note(case: Case, actor: Actor, body: Note, sealed: Sealed) -> Decision:
    """How it goes; from the units that hold it, and from those who watch over it."""
    if actor.role not in _WATCHES and not holds(case, actor):
        allowed = ("lead unit", "helping unit", *sorted(_WATCHES))
        detail = "a note is for the units that hold this case and for its office"
        return Refusal(Why.NOT_ALLOWED, detail, case.stage, "note", allowed)
    return (Noted(words=sealed.texts[0], public=body.public),)


def await_resident(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """Nothing can go on before the resident answers (等待居民): the clocks wait as their policy says."""
    return not_the_lead(case, actor, "await_resident") or (ResidentAwaited(words=first_words(sealed)),)


def resident_answered(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """The resident was reached (居民已回应)."""
    return not_the_lead(case, actor, "resident_answered") or (ResidentAnswered(words=first_words(sealed)),)


def resolve(case: Case, actor: Actor, body: Shown, sealed: Sealed) -> Decision:
    """The unit reports it done (处理反馈): with evidence, and with no item of the plan open."""
    refused = not_the_lead(case, actor, "resolve")
    if refused:
        return refused
    still_open = _open_items(case)
    if still_open:
        detail = f"work items are still open: {', '.join(still_open)}"
        return wrong(case, "resolve", "items", detail, "done", "plan")
    if body.empty:
        return wrong(case, "resolve", "evidence", "evidence is needed: photos, words, or both")
    return (Resolved(evidence=sealed.photos, words=first_words(sealed)),)


def _final(case: Case) -> Refusal | None:
    if case.assignment is None or not case.assignment.final:
        return None
    detail = "the order is a final ruling (终审) and cannot be returned"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "return", ("accept",))


def _rework_not_ordered_yet(case: Case) -> Refusal | None:
    if not (needs_rework(case) and case.awaits.machine is Service.DISPATCH):
        return None
    detail = "the order to do it again (返工) is being written; try again in a moment"
    return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "start")


def _not_its_unit(case: Case, state: ItemState, actor: Actor) -> Refusal | None:
    return None if actor.unit and actor.unit == state.item.unit else not_the_lead(case, actor, "done")


def _open_items(case: Case) -> tuple[str, ...]:
    return tuple(state.item.id for state in case.items if state.done_at is None)
