"""What the commands of closure carry, over HTTP and as the data of a message at the door."""

from typing import Annotated

from pydantic import Field, StrictBool

from libs.casework.events.closure import Point
from libs.stages.bodies import Code, Said, Shown
from libs.stages.commands import Body, Text
from libs.stages.words import Line, Words

MOST_ITEMS = 50

ItemId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Score = Annotated[int, Field(ge=1, le=5, strict=True)]


class PointAnswer(Body):
    """One point of the checklist: yes, no, or na (nothing of the kind here), with a remark where there is something to say."""

    point: ItemId
    answer: Point
    remark: Line | None = None


class Verdict(Shown):
    """What the checker saw: words, photos, and the checklist of the case's category point by point."""

    points: Annotated[tuple[PointAnswer, ...], Field(max_length=MOST_ITEMS)] = ()

    def texts(self) -> tuple[Text, ...]:
        """The words, then the remarks in the order of the points."""
        return (*super().texts(), *(Text("words", each.remark) for each in self.points if each.remark))


class Passing(Verdict):
    """It is done. `no_photo`: why a photo that the category asks for cannot be had."""

    no_photo: Words | None = None

    def texts(self) -> tuple[Text, ...]:
        """As of every verdict, and then why there is no photo."""
        return (*super().texts(), *((Text("words", self.no_photo),) if self.no_photo else ()))


class Failure(Verdict):
    """Why it is not done: a code of the office's list; which items of the plan have to be done again (none: all)."""

    reason: Code
    items: Annotated[tuple[ItemId, ...], Field(max_length=MOST_ITEMS)] = ()


class CheckAssignment(Body):
    """Who checks: the id of one of the office's checkers, or nobody named: then one is drawn anew."""

    checker: Annotated[str, Field(pattern=r"^[A-Za-z0-9._@:+-]{1,128}$")] | None = None


class Patrol(Body):
    """Look again every so many days, so many times."""

    every_days: Annotated[int, Field(ge=1, le=366, strict=True)]
    times: Annotated[int, Field(ge=1, le=100, strict=True)]


class Rating(Said):
    """How it went: 1 (bad) to 5 (good), and whether it is solved."""

    score: Score
    solved: StrictBool


class CallBack(Said):
    """A call to the resident (回访): whether somebody answered, and how they rate it, if they do."""

    reached: StrictBool
    score: Score | None = None
    solved: StrictBool | None = None


class Reopening(Said):
    """Why it has to be taken up again: a code of the office's list."""

    reason: Code
