"""What intake says: a report has come in, was added to, was withdrawn."""

from typing import Literal

from libs.casework.events.model import ContentRef, Event
from libs.casework.fields import FieldValue
from libs.casework.vocabulary import Source


class Reported(Event):
    """A report was received and a case opened for it (受理).

    `on_behalf`: staff took it down for somebody who called. `fields` are those of the declared category that are not
    private. Both are left out where there is nothing to say, so that most reports read as before.
    """

    TYPE = "reported"
    ZH = "受理上报"
    ALWAYS = frozenset({"source"})

    number: str
    source: Source
    channel: Literal["http", "kafka"]
    publisher: str | None = None
    seen_on_spot: bool = False
    declared_category: str | None = None
    grid: str | None = None
    on_behalf: bool | None = None
    fields: dict[str, FieldValue] | None = None
    contents: tuple[ContentRef, ...] = ()


class DetailsAdded(Event):
    """The reporter added words or photos later (补充): for people to read, never for a rule to decide on."""

    TYPE = "details_added"
    ZH = "补充材料"

    contents: tuple[ContentRef, ...]


class Withdrawn(Event):
    """The reporter took the report back (撤回), or the office did so on the reporter's word: the actor's role says which."""

    TYPE = "withdrawn"
    ZH = "撤回上报"

    words: ContentRef | None = None


INTAKE = (Reported, DetailsAdded, Withdrawn)
