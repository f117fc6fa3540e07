"""What every event has in common, and the registry that reads them back."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """Frozen, and closed: an unknown field is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ContentRef(Fact):
    """Points at personal content (words, contact, exact place, photo) that is stored apart, encrypted.

    `digest` is keyed (HMAC-SHA-256, hex): it proves which content was meant and says nothing once the key is destroyed.
    """

    id: UUID
    kind: str
    digest: str


class Event(Fact):
    """Something that happened to a case. Past tense; changed only by a new version beside the old one.

    `ALWAYS` names the fields that may leave the system for every case, `IF_PUBLIC` those that may leave once triage has
    marked the case public. A field in neither never leaves (see `libs.casework.wire`).
    """

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    ALWAYS: ClassVar[frozenset[str]] = frozenset()
    IF_PUBLIC: ClassVar[frozenset[str]] = frozenset()
    ZH: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """Type with its version as the log holds it, for example `filed.v1`."""
        return f"{cls.TYPE}.v{cls.VERSION}"


class UnknownEvent(LookupError):
    """The log holds an event type that this version does not know: such a case is not appended to."""


class Registry:
    """Event classes by name. Built from explicit tuples, so that the listing is the catalogue."""

    def __init__(self, *groups: tuple[type[Event], ...]) -> None:
        self._classes = {cls.name(): cls for group in groups for cls in group}

    def __getitem__(self, name: str) -> type[Event]:
        try:
            return self._classes[name]
        except KeyError:
            raise UnknownEvent(name) from None

    def __contains__(self, name: str) -> bool:
        return name in self._classes

    def names(self) -> tuple[str, ...]:
        """All known event names, in the order of a case's life."""
        return tuple(self._classes)

    def read(self, name: str, data: dict[str, Any]) -> Event:
        """Validate `data` as the event called `name`. Raises `UnknownEvent` or pydantic's `ValidationError`."""
        return self[name].model_validate(data)
