"""What watches a case without moving it: clocks, looks at personal data, erasure, parking."""

from libs.casework.deadlines.vocabulary import Told
from libs.casework.events.model import ContentRef, Event
from libs.casework.vocabulary import Service


class DeadlineWarned(Event):
    """A clock came near its deadline (临期预警). `level`: which of the policy's levels, from 1. Commutes."""

    TYPE = "deadline_warned"
    ZH = "临期预警"
    ALWAYS = frozenset({"clock", "generation", "due_at", "level"})

    clock: str
    generation: int
    due_at: int
    level: int = 1


class DeadlineBreached(Event):
    """A clock ran out (超时). Decided on the exact seq."""

    TYPE = "deadline_breached"
    ZH = "超时"
    ALWAYS = frozenset({"clock", "generation", "due_at"})

    clock: str
    generation: int
    due_at: int


class DeadlineEscalated(Event):
    """A clock ran on after its deadline and reached the next level (超时升级): `tell` are those who hear of it now. Commutes."""

    TYPE = "deadline_escalated"
    ZH = "超时升级"
    ALWAYS = frozenset({"clock", "generation", "due_at", "level", "tell"})

    clock: str
    generation: int
    due_at: int
    level: int
    tell: tuple[Told, ...]


class PolicyChanged(Event):
    """The case goes by another policy version from here on (变更时限规则). Its clocks that still run go on by the new limits,
    from their own beginning; `reason` is a code of the office's list. Decided on the exact seq. Commutes.
    """

    TYPE = "policy_changed"
    ZH = "变更时限规则"
    ALWAYS = frozenset({"from_version", "to_version", "reason"})

    from_version: str
    to_version: str
    reason: str


class ContentViewed(Event):
    """Somebody looked at personal data (查阅), for a stated purpose."""

    TYPE = "content_viewed"
    ZH = "查阅个人信息"

    kinds: tuple[str, ...]
    purpose: str


class ContentErased(Event):
    """The case's key was destroyed: its personal content cannot be read again (删除个人信息)."""

    TYPE = "content_erased"
    ZH = "删除个人信息"

    basis: str


class Parked(Event):
    """A record about this case made its handler die or hang: a person looks at it (转人工处理)."""

    TYPE = "parked"
    ZH = "转人工处理"

    service: Service
    record: str
    reason: str


class Unparked(Event):
    """Somebody looked; the machine may try again (恢复自动处理)."""

    TYPE = "unparked"
    ZH = "恢复自动处理"

    service: Service
    words: ContentRef | None = None


OVERSIGHT = (
    DeadlineWarned,
    DeadlineBreached,
    DeadlineEscalated,
    PolicyChanged,
    ContentViewed,
    ContentErased,
    Parked,
    Unparked,
)
