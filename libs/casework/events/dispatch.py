"""What dispatch says: who does it, and how the work goes."""

from libs.casework.calendar.amount import Amount
from libs.casework.events.model import ContentRef, Event, Fact


class WorkItem(Fact):
    """One piece of the plan. `words` say what is to be done; `unit` who does it; `due_at` in µs UTC where agreed."""

    id: str
    unit: str
    words: ContentRef | None = None
    due_at: int | None = None


class UnitUndecided(Event):
    """No rule names one unit: a clerk decides (待人工派遣)."""

    TYPE = "unit_undecided"
    ZH = "转人工派遣"

    because: tuple[str, ...]


class Dispatched(Event):
    """A lead unit (主办), with helpers (协办) and copies (抄送). A `final` ruling (终审) cannot be returned."""

    TYPE = "dispatched"
    ZH = "派遣"
    ALWAYS = frozenset({"final"})
    IF_PUBLIC = frozenset({"lead", "helpers"})

    lead: str
    helpers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    final: bool = False
    because: tuple[str, ...] = ()
    data_version: str = ""


class Planned(Event):
    """The work items, in their order (处置方案). Replaces an earlier plan; items done stay done."""

    TYPE = "planned"
    ZH = "制定方案"

    items: tuple[WorkItem, ...]


class Accepted(Event):
    """The lead unit signed for it (签收)."""

    TYPE = "accepted"
    ZH = "签收"


class Returned(Event):
    """The unit sent it back (退单); `reason` is a code of the office's list."""

    TYPE = "returned"
    ZH = "退单"
    ALWAYS = frozenset({"reason"})

    reason: str
    words: ContentRef | None = None


class HandedOver(Event):
    """The lead passed to another unit while work was open (移交)."""

    TYPE = "handed_over"
    ZH = "移交"
    IF_PUBLIC = frozenset({"lead"})

    lead: str
    reason: str
    words: ContentRef | None = None


class Started(Event):
    """Work began (开始处置)."""

    TYPE = "started"
    ZH = "开始处置"


class ItemDone(Event):
    """One work item of the plan is done, with evidence (完成工作项)."""

    TYPE = "item_done"
    ZH = "完成工作项"

    item: str
    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None


class Noted(Event):
    """A note on how it goes (进展). Commutes with everything. `public`: whoever has the receipt code reads it too."""

    TYPE = "noted"
    ZH = "进展记录"

    words: ContentRef
    public: bool = False


class SuspensionAsked(Event):
    """The unit cannot go on and asks a supervisor for a pause (申请挂账); `until` (µs UTC): when to look again."""

    TYPE = "suspension_asked"
    ZH = "申请挂账"
    ALWAYS = frozenset({"reason"})

    reason: str
    until: int | None = None
    words: ContentRef | None = None


class SuspensionRefused(Event):
    """The supervisor saw no reason for a pause (不予挂账): the unit goes on."""

    TYPE = "suspension_refused"
    ZH = "不予挂账"

    words: ContentRef | None = None


class Suspended(Event):
    """Cannot go on for now (挂账), approved by `approver`; `until` (µs UTC): when to look again (复查)."""

    TYPE = "suspended"
    ZH = "挂账"
    ALWAYS = frozenset({"reason"})

    reason: str
    approver: str
    until: int | None = None
    words: ContentRef | None = None


class SuspensionReviewed(Event):
    """A supervisor looked again and the work still has to wait (复查挂账); `until` (µs UTC): when to look next."""

    TYPE = "suspension_reviewed"
    ZH = "复查挂账"

    until: int
    words: ContentRef | None = None


class Resumed(Event):
    """Goes on again (恢复)."""

    TYPE = "resumed"
    ZH = "恢复处置"

    words: ContentRef | None = None


class ExtensionAsked(Event):
    """The unit asks a supervisor for `by` more time on `clock` (申请延期)."""

    TYPE = "extension_asked"
    ZH = "申请延期"
    ALWAYS = frozenset({"reason"})

    reason: str
    clock: str
    by: Amount
    words: ContentRef | None = None


class ExtensionRefused(Event):
    """The supervisor gave no more time (不予延期): the deadline stands."""

    TYPE = "extension_refused"
    ZH = "不予延期"

    words: ContentRef | None = None


class Extended(Event):
    """More time (延期), approved by `approver`: `by` on top of the limit of `clock` (for an item `item:<id>`)."""

    TYPE = "extended"
    ZH = "延期"
    ALWAYS = frozenset({"reason"})

    reason: str
    approver: str
    clock: str
    by: Amount
    words: ContentRef | None = None


class ResidentAwaited(Event):
    """Nothing can go on before the resident answers (等待居民). Ends with the answer, or when the case moves on."""

    TYPE = "resident_awaited"
    ZH = "等待居民"

    words: ContentRef | None = None


class ResidentAnswered(Event):
    """The resident was reached (居民已回应)."""

    TYPE = "resident_answered"
    ZH = "居民已回应"

    words: ContentRef | None = None


class Resolved(Event):
    """The unit reports it done, with evidence (处理反馈)."""

    TYPE = "resolved"
    ZH = "处理反馈"

    evidence: tuple[ContentRef, ...]
    words: ContentRef | None = None


class ReworkOrdered(Event):
    """A failed check goes back to the same unit (返工); all or the named items are open again."""

    TYPE = "rework_ordered"
    ZH = "责令返工"

    items: tuple[str, ...] = ()


class AttentionOrdered(Event):
    """A supervisor put ordered attention on it (督办), to be answered within `limit` or by `due_at` (µs UTC), if either.

    The order is known by the seq of this entry. Commutes.
    """

    TYPE = "attention_ordered"
    ZH = "督办"

    words: ContentRef | None = None
    limit: Amount | None = None
    due_at: int | None = None


class AttentionAnswered(Event):
    """Whoever has the case answered the order (督办回复) that stands at seq `order` of its log. Commutes."""

    TYPE = "attention_answered"
    ZH = "督办回复"

    order: int
    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None


DISPATCH = (
    UnitUndecided,
    Dispatched,
    Planned,
    Accepted,
    Returned,
    HandedOver,
    Started,
    ItemDone,
    Noted,
    SuspensionAsked,
    SuspensionRefused,
    Suspended,
    SuspensionReviewed,
    Resumed,
    ExtensionAsked,
    ExtensionRefused,
    Extended,
    ResidentAwaited,
    ResidentAnswered,
    Resolved,
    ReworkOrdered,
    AttentionOrdered,
    AttentionAnswered,
)
