"""What triage says: what it is, where it is, whether it is a case at all."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.casework.events.model import ContentRef, Event, Fact
from libs.casework.vocabulary import Source, Urgency


class Suggestion(Fact):
    """One ranked guess: subclass id, score between 0 and 1, and the words or rules that speak for it."""

    category: str
    score: Annotated[float, Field(ge=0, le=1)]
    because: tuple[str, ...] = ()


class Classified(Event):
    """Category, urgency and place were decided (分类定位); who decided is the entry's actor.

    `compound` where the words name one (小区): who owns what inside it decides who leads.
    """

    TYPE = "classified"
    ZH = "分类定位"
    ALWAYS = frozenset({"urgency"})
    IF_PUBLIC = frozenset({"category", "grid", "community"})

    category: str
    urgency: Urgency
    public: bool
    office: str
    grid: str | None = None
    community: str | None = None
    compound: str | None = None
    because: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    data_version: str


class QueuedForClerk(Event):
    """No decision could be taken by rule: a clerk looks at it (转人工), with ranked suggestions.

    `urgency` as the words of danger make it, and the place as far as it is known: it decides whose clerk may look.
    Events of the first versions say neither.
    """

    TYPE = "queued_for_clerk"
    ZH = "转人工受理"

    because: tuple[str, ...]
    urgency: Urgency | None = None
    office: str | None = None
    grid: str | None = None
    community: str | None = None
    compound: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    data_version: str


class ConfirmationAsked(Event):
    """A resident's report is first seen on the spot (核实): a task for the grid's worker."""

    TYPE = "confirmation_asked"
    ZH = "下发核实"
    IF_PUBLIC = frozenset({"grid"})

    grid: str | None = None


class Confirmed(Event):
    """The grid worker looked: it is there, or it is not (核实反馈)."""

    TYPE = "confirmed"
    ZH = "核实反馈"
    ALWAYS = frozenset({"found"})

    found: bool
    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None


class Filed(Event):
    """It is a case (立案)."""

    TYPE = "filed"
    ZH = "立案"
    ALWAYS = frozenset({"source"})
    IF_PUBLIC = frozenset({"category", "grid", "community"})

    category: str
    source: Source
    grid: str | None = None
    community: str | None = None


class Rejected(Event):
    """It is no case (不予立案); `reason` is a code of the office's list."""

    TYPE = "rejected"
    ZH = "不予立案"
    ALWAYS = frozenset({"reason"})

    reason: str
    words: ContentRef | None = None


class Merged(Event):
    """It is the same as an earlier case, which goes on alone (并案)."""

    TYPE = "merged"
    ZH = "并案"
    ALWAYS = frozenset({"into"})

    into: UUID


class Linked(Event):
    """Another case belongs to this one: split from it, merged into it, recurring at its place (关联)."""

    TYPE = "linked"
    ZH = "关联案件"
    ALWAYS = frozenset({"other", "how"})

    other: UUID
    how: str


class Reinstated(Event):
    """The office took a rejected, merged or withdrawn case up again (恢复受理)."""

    TYPE = "reinstated"
    ZH = "恢复受理"
    ALWAYS = frozenset({"reason"})

    reason: str


TRIAGE = (
    Classified,
    QueuedForClerk,
    ConfirmationAsked,
    Confirmed,
    Filed,
    Rejected,
    Merged,
    Linked,
    Reinstated,
)
