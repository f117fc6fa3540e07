"""Whose case it is. Another office's case does not exist for you: 404, never 403."""

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role

DISTRICT_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""They see every office."""


def hidden(case: Case, actor: Actor) -> Refusal | None:
    """Unknown-case, when the case belongs to an office that is not the actor's."""
    if actor.office == case.office or actor.role in DISTRICT_ROLES:
        return None
    return Refusal(Why.UNKNOWN_CASE, f"no case {case.id}")


def outside(case: Case, actor: Actor, area: frozenset[str], attempted: str) -> Refusal | None:
    """A grid worker acts in their own grids (or communities, by code) only; nobody else is bound by `area`."""
    if actor.role is not Role.GRID_WORKER or not area.isdisjoint({case.grid, case.community}):
        return None
    detail = f"{attempted} is for the worker of this case's grid"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted, allowed=("its grid worker", Role.CLERK))


def holds(case: Case, actor: Actor) -> bool:
    """Whether the actor's unit leads the case or helps with it."""
    return case.assignment is not None and actor.unit in (case.assignment.lead, *case.assignment.helpers)


def not_the_lead(case: Case, actor: Actor, attempted: str) -> Refusal | None:
    """A unit's step is for the lead unit; clerks may act on a unit's behalf (代办), which the log shows by their role."""
    if actor.role in (Role.CLERK, Role.ADMINISTRATOR) or (actor.unit and actor.unit == case.lead):
        return None
    detail = f"{attempted} is for the lead unit of this case or a clerk of its office"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted, allowed=("lead unit", Role.CLERK))
