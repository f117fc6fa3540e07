"""Cases told by the wall clock of Datong: `a_timeline("2026-11-27 17:30 reported", "17:45 classified category=rubble")`."""

from typing import Any

from libs.casework.calendar import Calendars, parse_amount
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import Policies
from libs.casework.deadlines.timed import State, Timed
from libs.casework.entry import Entry
from libs.casework.samples import example
from libs.casework.vocabulary import Source, Urgency
from tests.support.calendars import SHIPPED, at, shown
from tests.support.cases import MINUTE, Told, new_id
from tests.support.policies import SHIPPED_POLICIES

READ = {
    "by": parse_amount,
    "limit": lambda text: None if text == "none" else parse_amount(text),
    "order": int,
    "due_at": at,
    "urgency": Urgency,
    "source": Source,
    "public": lambda text: text == "yes",
}
"""How the fields that are no text are read."""
SPACED = ("by", "limit", "due_at")


def a_timeline(*lines: str) -> Told:
    """Each line: a time (with its day, or on the day before's), a step, and fields instead of the example's."""
    story = Told(new_id(), at=at(lines[0][:16]))
    day = ""
    for line in lines:
        words = line.split()
        if len(words[0]) == 10:
            day = words.pop(0)
        story = _then(story, at(f"{day} {words[0]}"), words[1], words[2:])
    return story


def _then(story: Told, moment: int, step: str, fields: list[str]) -> Told:
    instead: dict[str, Any] = {}
    if step == "filed":
        # As triage files it: what it was classified as, where it was located.
        instead = {name: getattr(story.so_far, name) for name in ("category", "grid", "community")}
    for name, value in (field.split("=") for field in fields):
        instead[name] = READ.get(name, str)(value.replace("_", " ") if name in SPACED else value)
    # In these words underscores stand for blanks: 2_工作日.
    return story.then(example(step), (moment - story.at) // MINUTE, **instead)


def entries(story: Told) -> list[Entry]:
    return [sealed.entry for sealed in story.log]


def timed(
    story: Told, policies: Policies = SHIPPED_POLICIES, calendars: Calendars = SHIPPED
) -> tuple[Timed, ...]:
    """All clocks of a case."""
    return clocks(entries(story), policies, calendars)


def the(story: Told, key: str, generation: int = 1, policies: Policies = SHIPPED_POLICIES) -> Timed:
    """The clock of that key and generation that was not superseded."""
    (found,) = [
        one
        for one in timed(story, policies)
        if (one.key, one.generation) == (key, generation) and one.state is not State.SUPERSEDED
    ]
    return found


def due_of(story: Told, key: str, generation: int = 1) -> str | None:
    """When it is due, on the wall."""
    due = the(story, key, generation).due
    return None if due is None else shown(due)


def accounts(clock: Timed) -> list[str]:
    """Who had it, from when to when, and whether it counted: `09:00-10:00 counts pmc`."""
    return [
        f"{shown(one.begin)[-5:]}-{shown(one.end)[-5:] if one.end else ''} {one.running} {one.charged_to}"
        for one in clock.stretches
    ]
