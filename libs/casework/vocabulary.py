"""The words that every part of the system shares: stages, services, roles, who is awaited."""

from enum import StrEnum
from typing import NamedTuple


class Stage(StrEnum):
    """Where a case stands. The Chinese names are those on a street office's screens (`zh`)."""

    REPORTED = "reported"
    CONFIRMING = "confirming"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    WORKING = "working"
    SUSPENDED = "suspended"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"

    @property
    def zh(self) -> str:
        """The stage in Chinese, as clerks say it."""
        return _STAGE_ZH[self]


_STAGE_ZH = {
    Stage.REPORTED: "已受理",
    Stage.CONFIRMING: "待核实",
    Stage.FILED: "已立案",
    Stage.DISPATCHED: "已派遣",
    Stage.ACCEPTED: "已签收",
    Stage.WORKING: "处置中",
    Stage.SUSPENDED: "挂账",
    Stage.RESOLVED: "已反馈",
    Stage.CLOSED: "已结案",
    Stage.REJECTED: "不予立案",
    Stage.MERGED: "并案",
    Stage.WITHDRAWN: "撤回",
}

ENDED = frozenset({Stage.CLOSED, Stage.REJECTED, Stage.MERGED, Stage.WITHDRAWN})
OPEN = frozenset(Stage) - ENDED


class Service(StrEnum):
    """Who may say something about a case. Only these append to the case log."""

    INTAKE = "intake"
    TRIAGE = "triage"
    DISPATCH = "dispatch"
    CLOSURE = "closure"
    SLA = "sla"
    RECORDS = "records"


class Role(StrEnum):
    """In what role somebody acts. `system` is another platform, or one of our own services."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    UNIT_WORKER = "unit_worker"
    CHECKER = "checker"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Source(StrEnum):
    """Who reported: it decides whether the case is first seen on the spot (核实)."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    STAFF = "staff"
    SYSTEM = "system"


class Urgency(StrEnum):
    """How fast somebody has to move."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def zh(self) -> str:
        """The urgency in Chinese, as clerks say it."""
        return _URGENCY_ZH[self]


_URGENCY_ZH = {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急", Urgency.EMERGENCY: "特急"}


class Tie(StrEnum):
    """How another case belongs to one (关联): read as "the other is this one's …"."""

    RELATED = "related"
    PARENT = "parent"
    CHILD = "child"
    CAUSE = "cause"
    EFFECT = "effect"
    DUPLICATE = "duplicate"
    SPLIT_FROM = "split_from"
    SPLIT_INTO = "split_into"
    RECURS = "recurs"

    @property
    def back(self) -> "Tie":
        """How this case belongs to the other: the parent's other end is the child."""
        return _BACK.get(self, self)

    @property
    def zh(self) -> str:
        """The tie in Chinese."""
        return _TIE_ZH[self]


_PAIRS = ((Tie.PARENT, Tie.CHILD), (Tie.CAUSE, Tie.EFFECT), (Tie.SPLIT_FROM, Tie.SPLIT_INTO))
_BACK = dict(_PAIRS) | {there: here for here, there in _PAIRS}
_TIE_ZH = {
    Tie.RELATED: "相关案件",
    Tie.PARENT: "上级案件",
    Tie.CHILD: "下级案件",
    Tie.CAUSE: "起因案件",
    Tie.EFFECT: "由此引起的案件",
    Tie.DUPLICATE: "重复案件",
    Tie.SPLIT_FROM: "拆分自",
    Tie.SPLIT_INTO: "拆分出",
    Tie.RECURS: "反复发生",
}


class Awaited(NamedTuple):
    """Who has to act next: one of our services (`machine`), or a person in a role (`person`), or nobody."""

    machine: Service | None = None
    person: Role | None = None


NOBODY = Awaited()


def machine(service: Service) -> Awaited:
    """A service will act by itself; the sweep finds the case if the news of it was lost."""
    return Awaited(machine=service)


def person(role: Role) -> Awaited:
    """A person in that role has to act; no sweep touches the case."""
    return Awaited(person=role)
