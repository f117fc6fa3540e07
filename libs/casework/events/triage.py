"""What triage says: what it is, where it is, whether it is a case at all."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.casework.events.intake import Reported
from libs.casework.events.model import ContentRef, Event, Fact
from libs.casework.vocabulary import Source, Tie, Urgency


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


class Likeness(Fact):
    """An earlier case that may be the same: score between 0 and 1, and what speaks for it.

    `metres` in steps of ten; None: not by exact points, but in one compound. `apart`: µs between the two reports. `words` are words of the
    reviewed lists that both use; nobody's own. `because` names the predicates that held.
    """

    other: UUID
    score: Annotated[float, Field(ge=0, le=1)]
    metres: int | None = None
    apart: Annotated[int, Field(ge=0)]
    words: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


class DuplicatesSuggested(Event):
    """It may be the same as these earlier cases, the likeliest first (疑似重复): for people to judge."""

    TYPE = "duplicates_suggested"
    ZH = "疑似重复"

    of: tuple[Likeness, ...]
    data_version: str


class Merged(Event):
    """It is the same as another case, which goes on alone (并案).

    `because`: by hand, or the predicates that held when a rule decided, with the version of its data.
    """

    TYPE = "merged"
    ZH = "并案"
    ALWAYS = frozenset({"into"})

    into: UUID
    because: tuple[str, ...] = ()
    data_version: str | None = None
    words: ContentRef | None = None


class Split(Event):
    """The report held several matters; these are cases of their own from now on (拆分)."""

    TYPE = "split"
    ZH = "拆分案件"
    ALWAYS = frozenset({"into"})

    into: tuple[UUID, ...]


class SplitOff(Reported):
    """A case begins as one matter of another's report (拆分立卷): read wherever `reported.v1` is."""

    TYPE = "split_off"
    ZH = "拆分受理"
    ALWAYS = frozenset({"source", "out_of"})

    out_of: UUID


class Linked(Event):
    """Another case belongs to this one (关联): `how` says as what. A duplicate's own log says `merged.v1`."""

    TYPE = "linked"
    ZH = "关联案件"
    ALWAYS = frozenset({"other", "how"})

    other: UUID
    how: Tie


class Unlinked(Event):
    """The other case does not belong to this one any more, in that way (解除关联)."""

    TYPE = "unlinked"
    ZH = "解除关联"
    ALWAYS = frozenset({"other", "how"})

    other: UUID
    how: Tie


class Reinstated(Event):
    """The office took a rejected, merged or withdrawn case up again (恢复受理)."""

    TYPE = "reinstated"
    ZH = "恢复受理"
    ALWAYS = frozenset({"reason"})

    reason: str
    words: ContentRef | None = None


TRIAGE = (
    SplitOff,
    Classified,
    DuplicatesSuggested,
    QueuedForClerk,
    ConfirmationAsked,
    Confirmed,
    Filed,
    Rejected,
    Merged,
    Split,
    Linked,
    Unlinked,
    Reinstated,
)
