"""The words of deadlines: which clocks there are, what stops them, who is told. And the facts that a policy looks at."""

from dataclasses import dataclass
from enum import StrEnum

from libs.casework.vocabulary import Source, Urgency


class Clock(StrEnum):
    """What is timed. `response`: report to dispatch; `acceptance`: dispatch to signature; `resolution`: dispatch to
    report back; `check`: report back to its check; `case`: report to closing; `item`: one work item of the plan;
    `attention`: a supervisor's order to its answer.
    """

    RESPONSE = "response"
    ACCEPTANCE = "acceptance"
    RESOLUTION = "resolution"
    CHECK = "check"
    CASE = "case"
    ITEM = "item"
    ATTENTION = "attention"

    @property
    def zh(self) -> str:
        """The clock in Chinese, as clerks say it."""
        return _CLOCK_ZH[self]


_CLOCK_ZH = {
    Clock.RESPONSE: "响应时限",
    Clock.ACCEPTANCE: "签收时限",
    Clock.RESOLUTION: "处置时限",
    Clock.CHECK: "核查时限",
    Clock.CASE: "全案时限",
    Clock.ITEM: "工作项时限",
    Clock.ATTENTION: "督办时限",
}


class Account(StrEnum):
    """On whose account a clock runs when no unit has the work: the office's, the checker's."""

    OFFICE = "office"
    CHECKER = "checker"

    @property
    def zh(self) -> str:
        """The account in Chinese."""
        return "街道办" if self is Account.OFFICE else "核查员"

    @property
    def en(self) -> str:
        """The account in English."""
        return f"the {self.value}"


class Pause(StrEnum):
    """Why a clock stands still: the case is suspended (挂账), or the resident has to answer first."""

    SUSPENSION = "suspension"
    WAITING_ON_RESIDENT = "waiting_on_resident"

    @property
    def zh(self) -> str:
        """The pause in Chinese."""
        return "挂账" if self is Pause.SUSPENSION else "等待居民"


class Colour(StrEnum):
    """How a clock is shown: blue near due, yellow behind, red overdue."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


class Told(StrEnum):
    """Who hears of it: the unit that has the work, the office's clerks, its supervisors, the district."""

    UNIT = "unit"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a case decides its limits, as far as it is known. `public` False: private, or not yet said."""

    office: str
    source: Source
    public: bool = False
    category: str | None = None
    urgency: Urgency = Urgency.NORMAL
    grid: str | None = None
    community: str | None = None
