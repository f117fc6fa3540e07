"""What is shown of clocks. Times leave as ISO 8601 with the offset of the clock's calendar, never as numbers alone."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from libs.casework.deadlines.explain import Explanation, as_text, explain_clock
from libs.casework.deadlines.explain.document import document
from libs.casework.deadlines.explain.wall import Wall
from libs.casework.deadlines.levels import Reached, share_used
from libs.casework.deadlines.policies import Target
from libs.casework.deadlines.timed import State, Timed
from libs.casework.deadlines.vocabulary import Colour, Told
from libs.stages.names import Name
from services.sla.rules import Reference, levels_of


class LevelView(BaseModel):
    """A level, when it is reached, and who is told."""

    id: str
    name: Name
    colour: Colour
    at: str
    tell: tuple[Told, ...]


class RuleView(BaseModel):
    """Where a limit comes from."""

    policy: str
    rule: str
    because: tuple[str, ...]
    source: str


class ClockView(BaseModel):
    """One clock. `colour` None: nothing to warn of. `used` is the share of the limit that is used up, 1 when due.

    `due` None: a pause goes on, or `trouble` says why nobody can tell. Superseded clocks are left out.
    """

    clock: str
    name: Name
    generation: int
    state: State
    began: str
    due: str | None
    ended: str | None
    overdue: bool
    colour: Colour | None
    used: float | None
    limit: Name | None
    rule: RuleView | None
    calendar: str
    levels: tuple[LevelView, ...]
    trouble: str | None


class Clocks(BaseModel):
    """A case's clocks in the order of their starts, and by which version of the calendars."""

    case_id: UUID
    number: str
    calendars: str
    clocks: tuple[ClockView, ...]


class ToldClock(BaseModel):
    """One clock, told: `text` for people, `computation` for machines; `trouble` where there is no deadline."""

    clock: str
    generation: int
    text: str
    computation: dict[str, Any] | None
    trouble: str | None


class Explanations(BaseModel):
    """A case's clocks, told."""

    case_id: UUID
    number: str
    clocks: tuple[ToldClock, ...]


def shown(clocks: Iterable[Timed], data: Reference, now: int) -> tuple[ClockView, ...]:
    """The clocks that still say something, at `now` (µs UTC)."""
    return tuple(_view(one, data, now) for one in clocks if one.state is not State.SUPERSEDED)


def told(clocks: Iterable[Timed], data: Reference, now: int) -> tuple[ToldClock, ...]:
    """The same clocks, each with its explanation."""
    return tuple(_told(one, data, now) for one in clocks if one.state is not State.SUPERSEDED)


def _view(one: Timed, data: Reference, now: int) -> ClockView:
    wall = _wall(one, data)
    ahead = levels_of(one, data)
    return ClockView(
        clock=one.key,
        name=Name(zh=one.clock.zh, en=one.clock.value),
        generation=one.generation,
        state=one.state,
        began=wall.iso(one.begin),
        due=None if one.due is None else wall.iso(one.due),
        ended=None if one.ended_at is None else wall.iso(one.ended_at),
        overdue=one.overdue(now),
        colour=_colour(ahead, one.ended_at or now),
        used=_used(one, data, now),
        limit=Name(zh=one.target.amount.zh, en=one.target.amount.en) if one.target else None,
        rule=_rule(one.target) if one.target else None,
        calendar=one.calendar,
        levels=tuple(_level(each, wall) for each in ahead),
        trouble=one.trouble,
    )


def _told(one: Timed, data: Reference, now: int) -> ToldClock:
    found = explain_clock(one, data.policies, data.calendars, now)
    if not isinstance(found, Explanation) or one.reckoning is None:
        said = f"{found.zh} {found.en}" if not isinstance(found, Explanation) else one.trouble
        return ToldClock(
            clock=one.key, generation=one.generation, text=said or "", computation=None, trouble=said
        )
    values = document(found, one.reckoning, data.calendars.get(one.calendar))
    return ToldClock(
        clock=one.key, generation=one.generation, text=as_text(found), computation=values, trouble=None
    )


def _used(one: Timed, data: Reference, now: int) -> float | None:
    used = share_used(one, data.calendars.get(one.calendar), now) if one.reckoning else None
    return None if used is None else float(used)


def _colour(ahead: Iterable[Reached], now: int) -> Colour | None:
    """The colour of the last level that was reached; what ended exactly when it was due was in time."""
    reached = [each.level.colour for each in ahead if each.at < now]
    return reached[-1] if reached else None


def _level(each: Reached, wall: Wall) -> LevelView:
    level = each.level
    return LevelView(
        id=level.id,
        name=Name(zh=level.zh, en=level.en),
        colour=level.colour,
        at=wall.iso(each.at),
        tell=level.tell,
    )


def _rule(target: Target) -> RuleView:
    return RuleView(policy=target.policy, rule=target.rule, because=target.because, source=target.source)


def _wall(one: Timed, data: Reference) -> Wall:
    """The wall of the clock's calendar; of one that does not exist any more the world's."""
    known = one.calendar in data.calendars.names
    return Wall(data.calendars.get(one.calendar).spec.zone if known else UTC)
