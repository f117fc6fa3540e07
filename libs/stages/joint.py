"""Decisions about several cases at once: said of all of them in one append, or of none. Pure."""

from dataclasses import dataclass

from libs.casework.case import Case
from libs.casework.draft import AtRev, Change, Expect
from libs.casework.events.model import Event


@dataclass(frozen=True, slots=True)
class Joint:
    """What is said of the case itself, and of `others`, each as it was seen: one that has moved on since refuses all."""

    events: tuple[Event, ...]
    others: tuple[tuple[Case, tuple[Event, ...]], ...]


Said = tuple[Event, ...] | Joint


def changes_of(case: Case, expect: Expect, said: Said, happened_at: int | None = None) -> tuple[Change, ...]:
    """The changes of one append, the case's own first. `happened_at` in µs UTC when told later."""
    own = Change(case.id, expect, own_events(said), happened_at)
    if not isinstance(said, Joint):
        return (own,)
    return (own, *(Change(other.id, AtRev(other.rev), events) for other, events in said.others))


def own_events(said: Said) -> tuple[Event, ...]:
    """What is said of the case itself."""
    return said.events if isinstance(said, Joint) else said


def cases_in(case: Case, said: Said) -> tuple[Case, ...]:
    """Every case that is spoken of, as it was seen."""
    return (case, *(other for other, _ in said.others)) if isinstance(said, Joint) else (case,)
