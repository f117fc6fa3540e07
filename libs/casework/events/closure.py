"""What closure says: was it really done, is it over, was the resident content."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from libs.casework.events.model import ContentRef, Event, Fact
from libs.casework.vocabulary import Role


class Point(StrEnum):
    """What a checker says of one point of a checklist: it holds, it does not, or there is nothing of the kind here."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


class Answered(Fact):
    """One point of a checklist as the checker found it; `remark` are the checker's words on it."""

    point: str
    answer: Point
    remark: ContentRef | None = None


class CheckPlanned(Event):
    """An independent check (核查) is due, by a person in `role` who does not belong to `not_unit`.

    `checker`: the id of who was chosen (`because` says how); None: whoever is independent. Said again, it is given to
    somebody else.
    """

    TYPE = "check_planned"
    ZH = "下发核查"

    role: Role
    not_unit: str
    because: tuple[str, ...] = ()
    checker: str | None = None


class CheckPassed(Event):
    """The checker saw that it is done (核查通过). `points` answer the category's checklist of that `checklist` version.

    `no_photo`: why a photo that the category asks for is not there.
    """

    TYPE = "check_passed"
    ZH = "核查通过"

    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None
    points: tuple[Answered, ...] = ()
    checklist: str | None = None
    no_photo: ContentRef | None = None


class CheckFailed(Event):
    """The checker saw that it is not done (核查不通过); `reason` is a code of the office's list, `points` say what fails."""

    TYPE = "check_failed"
    ZH = "核查不通过"
    ALWAYS = frozenset({"reason"})

    reason: str
    items: tuple[str, ...] = ()
    evidence: tuple[ContentRef, ...] = ()
    words: ContentRef | None = None
    points: tuple[Answered, ...] = ()
    checklist: str | None = None


class Closed(Event):
    """Handled and closed (结案): after a passed check, or without one by `rule` of the reviewed data `data_version`."""

    TYPE = "closed"
    ZH = "结案"

    rule: str | None = None
    data_version: str | None = None


class PatrolPlanned(Event):
    """Somebody looks again, regularly, after closing (后续巡查). `every_days` and `times` say how often, `dates` when (µs UTC).

    `data_version`: planned by the category's rule in the reviewed data of that version, not by a person.
    """

    TYPE = "patrol_planned"
    ZH = "安排巡查"

    grid: str | None = None
    every_days: Annotated[int, Field(ge=1, le=366)]
    times: Annotated[int, Field(ge=1, le=100)]
    dates: tuple[int, ...] = ()
    data_version: str | None = None


class CalledBack(Event):
    """The office called the resident after closing (回访). Not `reached`: nobody answered. What they said is `rated`."""

    TYPE = "called_back"
    ZH = "回访"

    reached: bool
    words: ContentRef | None = None


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


CLOSURE = (CheckPlanned, CheckPassed, CheckFailed, Closed, PatrolPlanned, CalledBack, Rated, Reopened)
