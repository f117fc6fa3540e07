"""What the commands of triage carry."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from libs.casework.vocabulary import Tie, Urgency
from libs.stages.bodies import Code, Photos, Said, Shown
from libs.stages.commands import Body, Text
from libs.stages.words import Words

MOST_MERGED = 20
MOST_PARTS = 10


class Classification(Body):
    """Category by a clerk's judgement; grid as it was unless given.

    Urgency the category's own unless given; what the words of a queued report raised stays raised.

    `public` must be said: without it a case that is not public stays so.
    """

    category: Code
    urgency: Urgency | None = None
    grid: Code | None = None
    public: StrictBool | None = None


class Rejection(Said):
    """Why it is no case: a code of the office's list, and words."""

    reason: Code


class Confirmation(Shown):
    """What was found on the spot, with photos that were uploaded to the case before."""

    found: StrictBool


class Merge(Said):
    """Into which case it goes, and which others that are the same go `also`: all of them or none."""

    into: UUID
    also: Annotated[tuple[UUID, ...], Field(max_length=MOST_MERGED)] = ()

    def others(self) -> tuple[UUID, ...]:
        """The original, and the other duplicates."""
        return (self.into, *self.also)


class Reinstatement(Said):
    """Why it is taken up again: a code of the office's list."""

    reason: Code


class LinkTo(Body):
    """The other case, and what it is of this one."""

    other: UUID
    how: Literal[Tie.RELATED, Tie.PARENT, Tie.CHILD, Tie.CAUSE, Tie.EFFECT]

    def others(self) -> tuple[UUID, ...]:
        """The other one."""
        return (self.other,)


class Unlink(Body):
    """The other case, to which there is a link."""

    other: UUID

    def others(self) -> tuple[UUID, ...]:
        """The other one."""
        return (self.other,)


class ConfirmationWish(Body):
    """Have it seen on the spot. Category and grid as they are unless given: somebody has to know what to look for, and where."""

    category: Code | None = None
    grid: Code | None = None


class Part(Body):
    """One matter of a report: what it is, the words that speak of it, and which of the report's photos (`evidence`) show it.

    Grid as the report's unless given; urgency the category's own and public as the report unless said.
    """

    category: Code
    words: Words
    urgency: Urgency | None = None
    grid: Code | None = None
    public: StrictBool | None = None
    evidence: Photos = ()


class Splitting(Body):
    """The matters that become cases of their own; what is left stays with the report's own case."""

    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=MOST_PARTS)]

    def texts(self) -> tuple[Text, ...]:
        """None: the words are sealed with the parts' own cases."""
        return ()
