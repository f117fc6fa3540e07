"""What dispatch decides by rule: who leads, who helps, what is done again. Pure.

Each policy is a named predicate in a list; the names of those that hold are recorded with the decision (`because`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from libs.casework.calendar import Calendars
from libs.casework.case import Case, CheckState
from libs.casework.categories import UNKNOWN, Catalogue
from libs.casework.deadlines.policies import Policies
from libs.casework.events.closure import CheckFailed
from libs.casework.events.dispatch import Dispatched, ReworkOrdered, UnitUndecided
from libs.casework.events.model import Event
from libs.casework.places import Places
from libs.casework.reasons import Reasons
from libs.casework.units import Units
from libs.casework.vocabulary import Stage, Urgency
from services.dispatch.appeals import AppealTerms

LATEST_US = 10 * 366 * 24 * 3600 * 1_000_000
"""Ten years: what is planned for later than that is mistyped."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The reviewed data that the rules go by; `version` names what decides who does it."""

    catalogue: Catalogue
    units: Units
    places: Places
    reasons: Reasons
    version: str
    policies: Policies
    calendars: Calendars
    appeals: AppealTerms


@dataclass(frozen=True, slots=True)
class Order:
    """Whom a rule names, and which rule. `lead` None: no rule names anybody."""

    lead: str | None = None
    helpers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    because: str = "no_rule"


@dataclass(frozen=True, slots=True)
class Matter:
    """All that the predicates look at."""

    case: Case
    order: Order
    policy: Policy


Predicate = Callable[[Matter], bool]


def category_undecided(matter: Matter) -> bool:
    """Nobody has said what it is, or the category is no longer in the catalogue."""
    return matter.order.lead is None


def lead_not_in_the_list(matter: Matter) -> bool:
    """The unit that would lead is no longer in the office's list."""
    lead = matter.order.lead
    return lead is not None and matter.policy.units.get(lead) is None


def returned_by_this_unit(matter: Matter) -> bool:
    """The unit that the rule names has sent it back: no rule sends it there again."""
    return matter.order.lead in matter.case.returned_by


def emergency(matter: Matter) -> bool:
    """Life or property is in danger."""
    return matter.case.urgency is Urgency.EMERGENCY


def returns_used_up(matter: Matter) -> bool:
    """It was sent back as often as is allowed: this ruling is final (终审)."""
    return matter.case.returns >= matter.policy.units.returns_allowed


FOR_A_CLERK: tuple[Predicate, ...] = (category_undecided, lead_not_in_the_list, returned_by_this_unit)
NOTED: tuple[Predicate, ...] = (emergency, returns_used_up)


def decide(case: Case, failed: CheckFailed | None, policy: Policy) -> tuple[Event, ...]:
    """What dispatch says about a case that awaits it; nothing when there is nothing to decide.

    `failed` is the case's last failed check, asked for when its check stands at failed.
    """
    if needs_rework(case):
        return (ReworkOrdered(items=_still_planned(case, failed)),)
    return (_dispatched(case, policy),) if case.stage is Stage.FILED else ()


def needs_rework(case: Case) -> bool:
    """Whether a failed check sent it back to its unit (返工)."""
    return case.stage is Stage.ACCEPTED and case.check is CheckState.FAILED


def fired(predicates: Iterable[Predicate], matter: Matter) -> tuple[str, ...]:
    """The names of the predicates that hold."""
    return tuple(each.__name__ for each in predicates if each(matter))


def order_by_rule(case: Case, policy: Policy) -> Order:
    """Whom the rules name: the former lead of a reopened case, else the owner by category and place."""
    former = case.assignment
    if former and case.generation > 1:
        return Order(former.lead, former.helpers, former.copies, "reopened_to_former_lead")
    subclass = policy.catalogue.get(case.category) if case.category else None
    if subclass is None or subclass.id == UNKNOWN:
        return Order()
    compound = policy.places.get(case.compound) if case.compound else None
    owners = policy.units.owners(subclass, compound)
    return Order(owners.lead, owners.helps, (), owners.because)


def _dispatched(case: Case, policy: Policy) -> Dispatched | UnitUndecided:
    matter = Matter(case, order_by_rule(case, policy), policy)
    doubts = fired(FOR_A_CLERK, matter)
    order = matter.order
    if doubts or order.lead is None:
        return UnitUndecided(because=doubts)
    return Dispatched(
        lead=order.lead,
        helpers=order.helpers,
        copies=order.copies,
        final=returns_used_up(matter),
        because=(order.because, *fired(NOTED, matter)),
        data_version=policy.version,
    )


def _still_planned(case: Case, failed: CheckFailed | None) -> tuple[str, ...]:
    planned = {state.item.id for state in case.items}
    return tuple(item for item in failed.items if item in planned) if failed else ()
