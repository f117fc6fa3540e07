"""A case: the fold of its log, stored beside it so that it can be found."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.calendar.amount import Amount
from libs.casework.events.appeals import Mark
from libs.casework.events.dispatch import WorkItem
from libs.casework.events.model import ContentRef
from libs.casework.fields import FieldValue
from libs.casework.vocabulary import ENDED, Role, Service, Source, Stage, Tie, Urgency


class Frozen(BaseModel):
    """A value: equal by content, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemState(Frozen):
    """A work item of the plan and when it was done (µs UTC), if it was."""

    item: WorkItem
    done_at: int | None = None


class Awaiting(Frozen):
    """Who has to act, since when (µs UTC). `machine` is what the sweep looks for."""

    machine: Service | None = None
    person: Role | None = None
    since: int


class Assignment(Frozen):
    """Who holds it: lead (主办), helpers (协办), copies (抄送); `final` cannot be returned (终审)."""

    lead: str
    helpers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    final: bool = False
    at: int


class Asked(Frozen):
    """What the unit asks a supervisor for: why, who and when (µs UTC). One request at a time: the next replaces it.

    Without a `clock` a pause (申请挂账), `until` when to look again; with one `more` time on that clock (申请延期).
    """

    reason: str
    until: int | None = None
    clock: str | None = None
    more: Amount | None = None
    by: str
    at: int


class Suspension(Frozen):
    """Why the work waits (挂账), who approved it, since when and when to look again (复查), both µs UTC.

    `until` None: approved before a day to look again was asked for.
    """

    reason: str
    approver: str
    since: int
    until: int | None = None


class Ordered(Frozen):
    """A supervisor's order (督办) that nobody has answered: the seq that it stands at, when (µs UTC)."""

    order: int
    at: int


class Appeal(Frozen):
    """A unit's appeal (申诉), known by the seq that it stands at, against the mark at seq `entry`. `upheld` None: not decided.

    What was upheld does not count against the unit; figures may leave it out.
    """

    appeal: int
    mark: Mark
    entry: int
    unit: str
    by: str
    at: int
    upheld: bool | None = None


class Rating(Frozen):
    """What the resident said of the outcome of one `generation`: 1 (bad) to 5 (good)."""

    score: int
    solved: bool
    generation: int = 1


class Link(Frozen):
    """A case that belongs to this one, and as what."""

    other: UUID
    how: Tie


class CheckState(StrEnum):
    """How the independent check stands."""

    NONE = "none"
    PLANNED = "planned"
    PASSED = "passed"
    FAILED = "failed"


class Case(Frozen):
    """The snapshot of one case. Everything here follows from the log (`libs.casework.fold`); nothing personal.

    `head` is the hash of the newest entry (hex). `generation` counts from 1 and rises when a closed case is reopened.
    `before_parking` is who was awaited when it was parked, and will be again. `returned_by` are the units that sent it
    back in this generation; `acted` the ids of those who accepted, did or reported the work: they may not check it.
    `linked` holds what people linked and split, a bounded number; of duplicates, of which there may be many, only how many
    follow this case (`followers`): each names it in `merged_into`.
    `fields` are those of the declared category that are not private. `contents` is what the report named, for triage to decide on: never more than one report holds. What was named later,
    by the reporter too, stands in the log alone (`libs.casework.references`), for people to read.
    `before_shown`, `after_shown`: a photo shows how it was, and how it is after the work that is to be checked.
    `checker` is the id of who was chosen to check; `calls` counts the calls to the resident since it was closed.
    """

    id: UUID
    number: str
    office: str
    stage: Stage
    seq: int
    rev: int
    head: str
    awaits: Awaiting
    source: Source
    publisher: str | None = None
    public: bool = False
    parked: bool = False
    before_parking: Awaiting | None = None
    declared_category: str | None = None
    seen_on_spot: bool = False
    fields: dict[str, FieldValue] | None = None
    category: str | None = None
    urgency: Urgency | None = None
    grid: str | None = None
    community: str | None = None
    compound: str | None = None
    assignment: Assignment | None = None
    items: tuple[ItemState, ...] = ()
    returns: int = 0
    returned_by: tuple[str, ...] = ()
    acted: tuple[str, ...] = ()
    rework: int = 0
    suspensions: int = 0
    asked: Asked | None = None
    suspended: Suspension | None = None
    orders: tuple[Ordered, ...] = ()
    generation: int = 1
    check: CheckState = CheckState.NONE
    checker: str | None = None
    before_shown: bool = False
    after_shown: bool = False
    appeals: tuple[Appeal, ...] = ()
    calls: int = 0
    rating: Rating | None = None
    merged_into: UUID | None = None
    linked: tuple[Link, ...] = ()
    followers: int = 0
    patrols: int = 0
    contents: tuple[ContentRef, ...] = ()
    erased: bool = False
    reported_at: int
    stage_at: int
    closed_at: int | None = None
    updated_at: int = Field(description="µs UTC of the newest entry")

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.stage not in ENDED

    @property
    def lead(self) -> str | None:
        """The lead unit, if one was assigned."""
        return self.assignment.lead if self.assignment else None


def end_of(case_id: UUID, cases: Mapping[UUID, Case]) -> Case:
    """The case, or the one that it goes on in: whatever was merged follows what it was merged into, as far as `cases` reach."""
    case = cases[case_id]
    while case.merged_into is not None and case.merged_into in cases:
        case = cases[case.merged_into]
    return case
