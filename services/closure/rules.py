"""What closure decides by itself: who checks, and what is closed without a check. Pure.

Each policy is a named predicate in a list; the names of those that hold are recorded with the decision (`because`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from libs.casework.calendar.amount import DAY
from libs.casework.case import Case
from libs.casework.closing import Terms
from libs.casework.entry import Actor
from libs.casework.events.closure import CheckPlanned, Closed, PatrolPlanned
from libs.casework.events.model import Event
from libs.casework.reasons import Reasons
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage, Urgency
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import wrong
from libs.stages.scope import holds
from services.closure.bodies import CheckAssignment
from services.closure.checklists import Checklists


@dataclass(frozen=True, slots=True)
class Policy:
    """The reviewed data that the rules go by."""

    terms: Terms
    reasons: Reasons
    checklists: Checklists


@dataclass(frozen=True, slots=True)
class Checker:
    """Somebody who may be asked to check; `area`: codes of the grids and communities that are theirs, none: everywhere."""

    id: str
    office: str
    unit: str | None = None
    area: frozenset[str] = field(default=frozenset())


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


def not_shown(case: Case) -> bool:
    """No photo shows how it is after the work."""
    return not case.after_shown


def order_open(case: Case) -> bool:
    """A supervisor's order (督办) waits for its answer."""
    return bool(case.orders)


def appeal_open(case: Case) -> bool:
    """An appeal of its unit (申诉) is not decided."""
    return any(appeal.upheld is None for appeal in case.appeals)


def parked(case: Case) -> bool:
    """It was handed to a person."""
    return case.parked


NOTED: tuple[Predicate, ...] = (emergency, checked_before, reopened_before, private_case)
NEVER_BY_RULE: tuple[Predicate, ...] = (*NOTED, not_shown, order_open, appeal_open, parked)


def decide(case: Case, checkers: Sequence[Checker] = ()) -> tuple[Event, ...]:
    """What closure says about a case that awaits it: somebody independent has to look (核查), and who, where that is known."""
    if case.stage is not Stage.RESOLVED or case.lead is None:
        return ()
    chosen, how = choose(case, checkers)
    because = ("reported_done", *(each.__name__ for each in NOTED if each(case)), how)
    return (CheckPlanned(role=Role.CHECKER, not_unit=case.lead, because=because, checker=chosen),)


def choose(case: Case, checkers: Sequence[Checker]) -> tuple[str | None, str]:
    """The id of a checker, and how it was found: of the case's grid before all others, drawn among several.

    The lot is the hash of the case's newest entry: nobody knows it before the work is reported done, and everybody can
    draw it again.
    """
    able = [each for each in checkers if each.office == case.office and may_be_chosen(case, each)]
    near = [each for each in able if not each.area.isdisjoint({case.grid, case.community})]
    anywhere = near or [each for each in able if not each.area]
    if not anywhere:
        return None, "no_checker_known"
    ids = sorted(each.id for each in anywhere)
    return ids[int(case.head, 16) % len(ids)], "checker_of_the_grid" if near else "checker_drawn"


def may_be_chosen(case: Case, checker: Checker) -> bool:
    """Whether the checker has no part in the work."""
    actor = Actor(id=checker.id, role=Role.CHECKER, office=checker.office, unit=checker.unit)
    return not holds(case, actor) and checker.id not in case.acted


def assigned(
    case: Case, actor: Actor, body: CheckAssignment, sealed: Sealed, checkers: Sequence[Checker]
) -> Decision:
    """The office gives the check to somebody else: to a checker it names, or to one who is drawn anew."""
    refused = not_independent(case, actor, "assign_check")
    if refused or case.lead is None:
        return refused or ()
    able = [each for each in checkers if each.office == case.office and may_be_chosen(case, each)]
    if body.checker is None:
        others = [each for each in able if each.id != case.checker]
        chosen, how = choose(case, others)
    else:
        chosen, how = body.checker, "named_by_the_office"
    if chosen is None or chosen not in {each.id for each in able}:
        return _nobody(case, body, checkers, [each.id for each in able])
    if chosen == case.checker:
        return ()
    return (CheckPlanned(role=Role.CHECKER, not_unit=case.lead, because=(how,), checker=chosen),)


def _nobody(case: Case, body: CheckAssignment, checkers: Sequence[Checker], able: Sequence[str]) -> Refusal:
    if body.checker is None:
        detail = (
            "nobody else can be drawn: no other checker of this office with a key is independent of the work"
        )
        return Refusal(Why.NOT_ALLOWED, detail, case.stage, "assign_check", ("banjie key create",))
    known = any(each.id == body.checker and each.office == case.office for each in checkers)
    has_part = (
        f"{body.checker} belongs to a unit of this case or did the work: somebody else checks it (核查)"
    )
    detail = has_part if known else f"{body.checker} is no checker of this office with a key"
    return wrong(case, "assign_check", "checker", detail, *sorted(able))


def not_independent(case: Case, actor: Actor, attempted: str) -> Refusal | None:
    """Who belongs to the lead or a helping unit, or acted for it on this case, may not check it."""
    if holds(case, actor):
        detail = f"the unit {actor.unit} had the work: somebody who does not belong to it checks it (核查)"
    elif actor.id in case.acted:
        detail = "you accepted, did or reported this work: somebody else checks it (核查)"
    else:
        return None
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted, ("an independent checker",))


def not_the_checker(case: Case, actor: Actor, attempted: str) -> Refusal | None:
    """Once somebody was chosen, nobody else of the office checks. What another system finds is its own office's matter."""
    if case.checker in (None, actor.id) or actor.role is Role.SYSTEM:
        return None
    detail = f"the check was given to {case.checker}; the office may give it to somebody else (assign_check)"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted, (str(case.checker), "assign_check"))


def closed_by_rule(case: Case, terms: Terms, now: int) -> tuple[Event, ...]:
    """Closed without a check (自动结案) by the category's rule, which the event names; nothing when no rule says so."""
    rule = terms.rule_for(case.category)
    if rule is None or case.stage is not Stage.RESOLVED or now - case.stage_at < rule.after_days * DAY:
        return ()
    if any(never(case) for never in NEVER_BY_RULE):
        return ()
    return Closed(rule=rule.id, data_version=terms.version), *patrols(case, terms, now)


def patrols(case: Case, terms: Terms, now: int) -> tuple[PatrolPlanned, ...]:
    """When somebody looks again at a case that is closed now, by its category (后续巡查)."""
    planned = terms.patrols_for(case.category)
    if planned is None:
        return ()
    often = {"every_days": planned.every_days, "times": planned.times}
    return (PatrolPlanned(grid=case.grid, dates=planned.dates(now), data_version=terms.version, **often),)
