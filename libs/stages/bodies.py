"""Bodies that the commands of several services share."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from libs.stages.commands import Body, Text
from libs.stages.words import Words

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,48}$")]
"""An id of the reviewed data or a reason code."""

MOST_PHOTOS = 9


def _once(photos: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(photos))


Photos = Annotated[tuple[UUID, ...], AfterValidator(_once), Field(max_length=MOST_PHOTOS)]
"""Photos that were uploaded to the case before, by id; each counts once."""


class Nothing(Body):
    """The command says all; the body is `{}`."""


class Said(Body):
    """Words, if there are any."""

    words: Words | None = None

    def texts(self) -> tuple[Text, ...]:
        """The words, if there are any."""
        return (Text("words", self.words),) if self.words else ()


class Shown(Said):
    """Words and photos that show how it is; `evidence` names photos by id."""

    evidence: Photos = ()

    def photos(self) -> tuple[UUID, ...]:
        """The evidence."""
        return self.evidence

    @property
    def empty(self) -> bool:
        """Whether it shows nothing at all."""
        return not self.words and not self.evidence
