"""What closure says: was it really done, is it over, was the resident content."""

from typing import Annotated

from pydantic import Field

from libs.casework.events.model import ContentRef, Event
from libs.casework.vocabulary import Role


class CheckPlanned(Event):
    """An independent check (核查) is due, by a person in `role` who does not belong to `not_unit`."""

    TYPE = "check_planned"
    ZH = "下发核查"

    role: Role
    not_unit: str
    because: tuple[str, ...] = ()


class CheckPassed(Event):
    """The checker saw that it is done (核查通过)."""

    TYPE = "check_passed"
    ZH = "核查通过"

    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None


class CheckFailed(Event):
    """The checker saw that it is not done (核查不通过); `reason` is a code of the office's list."""

    TYPE = "check_failed"
    ZH = "核查不通过"
    ALWAYS = frozenset({"reason"})

    reason: str
    items: tuple[str, ...] = ()
    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None


class Closed(Event):
    """Handled and closed (结案)."""

    TYPE = "closed"
    ZH = "结案"


class PatrolPlanned(Event):
    """Somebody looks again, regularly, after closing (后续巡查). `every_days` and `times` say how often."""

    TYPE = "patrol_planned"
    ZH = "安排巡查"

    grid: str | None = None
    every_days: Annotated[int, Field(ge=1, le=366)]
    times: Annotated[int, Field(ge=1, le=100)]


class Rated(Event):
    """The resident, or who called them, says how it went (回访评价): 1 (bad) to 5 (good)."""

    TYPE = "rated"
    ZH = "评价"
    ALWAYS = frozenset({"score"})

    score: Annotated[int, Field(ge=1, le=5)]
    solved: bool
    words: ContentRef | None = None


class Reopened(Event):
    """A closed case was taken up again within its term (重新打开); a new generation begins."""

    TYPE = "reopened"
    ZH = "重新办理"
    ALWAYS = frozenset({"reason"})

    reason: str
    words: ContentRef | None = None


CLOSURE = (CheckPlanned, CheckPassed, CheckFailed, Closed, PatrolPlanned, Rated, Reopened)
