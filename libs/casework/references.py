"""Which personal content events name. The log is where all of it stands; the snapshot keeps the report's alone."""

from collections.abc import Iterable, Iterator

from libs.casework.events.model import ContentRef, Event, Fact


def references(events: Iterable[Event]) -> tuple[ContentRef, ...]:
    """Every reference that the events name, in their order, each once: a plan that is written again names old words."""
    return tuple(dict.fromkeys(ref for event in events for ref in _within(event)))


def _within(fact: Fact) -> Iterator[ContentRef]:
    for _, value in fact:
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, ContentRef):
                yield part
            elif isinstance(part, Fact):
                yield from _within(part)
