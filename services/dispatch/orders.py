"""What the office orders: who does it, according to which plan. Pure."""

from collections.abc import Iterable

from libs.casework.calendar.zones import micros
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.dispatch import Dispatched, HandedOver, Planned, WorkItem
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import not_the_lead
from services.dispatch.bodies import HandOver, Order, Plan, PlannedItem
from services.dispatch.rules import LATEST_US, Policy


def dispatch(case: Case, actor: Actor, body: Order, sealed: Sealed, policy: Policy) -> Decision:
    """The clerk names the units; after so many returns the ruling must be final."""
    refused = _unknown_units(case, "dispatch", _named(body), policy) or _bodies_twice(case, body)
    if refused:
        return refused
    if case.returns >= policy.units.returns_allowed and not body.final:
        detail = f"it was returned {case.returns} times: the next order must be final (终审)"
        return wrong(case, "dispatch", "final", detail, "true")
    return (
        Dispatched(
            lead=body.lead,
            helpers=body.helpers,
            copies=body.copies,
            final=body.final,
            because=("by_hand",),
            data_version=policy.version,
        ),
    )


def plan(case: Case, actor: Actor, body: Plan, sealed: Sealed, policy: Policy) -> Decision:
    """Work items with who does each and until when."""
    units = [(f"items.{index}.unit", item.unit) for index, item in enumerate(body.items)]
    refused = (
        not_the_lead(case, actor, "plan")
        or _unknown_units(case, "plan", units, policy)
        or _ids_twice(case, body)
        or _not_a_due_time(case, body)
    )
    if refused:
        return refused
    pairs = zip(body.items, sealed.texts, strict=True)
    return (
        Planned(
            items=tuple(_item(case, number, item, words) for number, (item, words) in enumerate(pairs, 1))
        ),
    )


def hand_over(case: Case, actor: Actor, body: HandOver, sealed: Sealed, policy: Policy) -> Decision:
    """The office gives open work to another unit (移交), which has to sign for it; what was planned and done stays."""
    refused = (
        _unknown_units(case, "hand_over", [("lead", body.lead)], policy)
        or _leads_already(case, body)
        or not_a_reason(case, "hand_over", "handed_over", body.reason, policy.reasons)
    )
    return refused or (HandedOver(lead=body.lead, reason=body.reason, words=first_words(sealed)),)


def _named(body: Order) -> list[tuple[str, str | None]]:
    helpers = [(f"helpers.{index}", unit) for index, unit in enumerate(body.helpers)]
    copies = [(f"copies.{index}", unit) for index, unit in enumerate(body.copies)]
    return [("lead", body.lead), *helpers, *copies]


def _unknown_units(
    case: Case, attempted: str, named: Iterable[tuple[str, str | None]], policy: Policy
) -> Refusal | None:
    for field, unit in named:
        if unit is not None and policy.units.get(unit) is None:
            known = (each.id for each in policy.units.units)
            return wrong(case, attempted, field, f"there is no unit {unit}", *known)
    return None


def _leads_already(case: Case, body: HandOver) -> Refusal | None:
    if body.lead != case.lead:
        return None
    return wrong(case, "hand_over", "lead", f"{body.lead} leads this case already")


def _bodies_twice(case: Case, body: Order) -> Refusal | None:
    units = (body.lead, *body.helpers, *body.copies)
    if len(set(units)) == len(units):
        return None
    return wrong(case, "dispatch", "helpers", "a unit is named once: as lead, helper or copy")


def _ids_twice(case: Case, body: Plan) -> Refusal | None:
    given = [item.id for item in body.items if item.id]
    if len(set(given)) == len(given):
        return None
    return wrong(case, "plan", "items", "two work items have the same id")


def _not_a_due_time(case: Case, body: Plan) -> Refusal | None:
    for index, item in enumerate(body.items):
        if item.due_at and not 0 < micros(item.due_at) - case.reported_at <= LATEST_US:
            detail = f"{item.due_at.isoformat()} is not within ten years after the case was reported"
            return wrong(case, "plan", f"items.{index}.due_at", detail)
    return None


def _item(case: Case, number: int, item: PlannedItem, words: ContentRef) -> WorkItem:
    # The seq that the plan will have, and the place in it: never the id of an item of an earlier plan.
    return WorkItem(
        id=item.id or f"{case.seq + 1}-{number}",
        unit=item.unit or case.lead or "",
        words=words,
        due_at=micros(item.due_at) if item.due_at else None,
    )
