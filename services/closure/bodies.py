"""What the commands of closure carry, over HTTP and as the data of a message at the door."""

from typing import Annotated

from pydantic import Field, StrictBool

from libs.stages.bodies import Code, Said, Shown
from libs.stages.commands import Body

MOST_ITEMS = 50

ItemId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


class Failure(Shown):
    """Why it is not done: a code of the office's list; which items of the plan have to be done again (none: all)."""

    reason: Code
    items: Annotated[tuple[ItemId, ...], Field(max_length=MOST_ITEMS)] = ()


class Patrol(Body):
    """Look again every so many days, so many times."""

    every_days: Annotated[int, Field(ge=1, le=366, strict=True)]
    times: Annotated[int, Field(ge=1, le=100, strict=True)]


class Rating(Said):
    """How it went: 1 (bad) to 5 (good), and whether it is solved."""

    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    solved: StrictBool


class Reopening(Said):
    """Why it has to be taken up again: a code of the office's list."""

    reason: Code
