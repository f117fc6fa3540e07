"""Cases to begin a test with, told through the same `draft` that the store uses: `a_reported_case()`, `a_case_at(stage)`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import UUID

from libs.casework.case import Case
from libs.casework.draft import AtSeq, Change, Drafted, NewCase, Sealed, Speaker, draft
from libs.casework.entry import Actor, Entry
from libs.casework.events import ContentRef, Event
from libs.casework.lifecycle import row_of
from libs.casework.samples import example
from libs.casework.vocabulary import Role, Service, Stage

MINUTE = 60_000_000
TEN_IN_THE_MORNING = 1_793_930_400_000_000
"""2026-11-06 10:00 in Datong, a working Friday, in µs UTC."""
OFFICE = "yingbin"

THE_WAY_TO = {
    Stage.REPORTED: "reported",
    Stage.CONFIRMING: "reported confirmation_asked",
    Stage.FILED: "reported classified filed",
    Stage.DISPATCHED: "reported classified filed dispatched",
    Stage.ACCEPTED: "reported classified filed dispatched accepted",
    Stage.WORKING: "reported classified filed dispatched accepted started",
    Stage.SUSPENDED: "reported classified filed dispatched accepted started suspended",
    Stage.RESOLVED: "reported classified filed dispatched accepted started resolved",
    Stage.CLOSED: "reported classified filed dispatched accepted started resolved check_planned check_passed closed",
    Stage.REJECTED: "reported rejected",
    Stage.MERGED: "reported merged",
    Stage.WITHDRAWN: "reported withdrawn",
}

_numbers = count(1)


def new_id() -> UUID:
    """The next id of this test run: unique and in order, never random."""
    return UUID(f"0193f111-0000-7000-8000-{next(_numbers):012d}")


def a_content(kind: str = "words") -> ContentRef:
    """A reference to sealed words, a photo, a contact."""
    return ContentRef(id=new_id(), kind=kind, digest="ab" * 32)


def an_actor(role: Role = Role.CLERK, unit: str | None = None, office: str | None = OFFICE) -> Actor:
    """Somebody in that role."""
    return Actor(id=f"{role}-1", role=role, office=office, unit=unit)


def a_speaker(service: Service, role: Role = Role.CLERK) -> Speaker:
    """`service`, saying what somebody in that role wants."""
    return Speaker(service, an_actor(role))


@dataclass(frozen=True)
class Told:
    """A case with its log so far. `then` tells one step more and insists that it is allowed."""

    case_id: UUID
    at: int = TEN_IN_THE_MORNING
    case: Case | None = None
    log: tuple[Sealed, ...] = ()
    ids: Callable[[], UUID] = field(default=new_id, repr=False)

    @property
    def so_far(self) -> Case:
        assert self.case is not None, "nothing was told yet"
        return self.case

    @property
    def last(self) -> Entry:
        return self.log[-1].entry

    def then(self, event: Event | str, minutes: int = 1, **instead: Any) -> "Told":
        """One step more, `minutes` later; `instead` replaces fields of the example event."""
        said = example(event) if isinstance(event, str) else event
        drafted = self._drafted(said.model_copy(update=instead), minutes)
        assert isinstance(drafted, Drafted), drafted
        return replace(self, at=self.at + minutes * MINUTE, case=drafted.case, log=self.log + drafted.sealed)

    def _drafted(self, event: Event, minutes: int) -> object:
        row = row_of(event.name())
        assert row is not None, event.name()
        expect = AtSeq(self.case.seq) if self.case else NewCase(OFFICE)
        change = Change(self.case_id, expect, (event,))
        return draft(self.case, change, a_speaker(min(row.said_by)), self.at + minutes * MINUTE, self.ids)


def told(steps: str, case_id: UUID | None = None) -> Told:
    """A case told step by step: `told("reported classified filed")`."""
    story = Told(case_id or new_id())
    for step in steps.split():
        story = story.then(step)
    return story


def a_told_case_at(stage: Stage) -> Told:
    """A case at `stage` with its log, by the straight way there."""
    return told(THE_WAY_TO[stage])


def a_case_at(stage: Stage, **instead: Any) -> Case:
    """A case at `stage`; `instead` replaces fields of the snapshot."""
    return a_told_case_at(stage).so_far.model_copy(update=instead)


def a_reported_case(**instead: Any) -> Case:
    """A case that has just come in."""
    return a_case_at(Stage.REPORTED, **instead)
