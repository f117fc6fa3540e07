"""What to publish again when the broker or the place was lost. Pure: the broker's and the clock's word come in."""

from collections.abc import Mapping
from dataclasses import replace

from libs.plumbing.mongo import Document
from services.relay.place import Place, Refill, TopicPlace

MARGIN_US = 60 * 1_000_000
"""An entry is stamped before it is committed: this much later at most, clocks that differ included."""
RETENTION_US = 30 * 24 * 3600 * 1_000_000
"""How long the topics keep records: what an emptied one would still have held."""


def emptied(known: Mapping[str, TopicPlace], found: Mapping[str, TopicPlace]) -> frozenset[str]:
    """Topics of `found` that were never filled, were made anew, or end before what they acknowledged."""
    return frozenset(name for name, topic in found.items() if _emptied(known.get(name), topic))


def _emptied(known: TopicPlace | None, found: TopicPlace) -> bool:
    if known is None or known.id != found.id or len(found.ends) < len(known.ends):
        return True
    return any(end < acknowledged for acknowledged, end in zip(known.ends, found.ends, strict=False))


def broker_seen(place: Place, found: Mapping[str, TopicPlace], now: int, retention: int) -> Place:
    """The place with the topics as they are; emptied ones are to be filled again as far back as they keep records."""
    empty = emptied(place.topics, found)
    refill = merged(place.refill, Refill(max(0, now - retention), empty) if empty else None)
    return replace(place, topics=dict(found), refill=refill)


def place_lost(place: Place, token: Document, now: int, retention: int) -> Place:
    """The place on a new stream that begins at `token`: all topics get again what came since `through`."""
    since = place.through - MARGIN_US if place.through else now - retention
    lost = Refill(max(0, since), frozenset(place.topics))
    return replace(place, token=token, refill=merged(place.refill, lost))


def merged(one: Refill | None, other: Refill | None) -> Refill | None:
    """Both wishes in one: the older time, all the topics. Too much is harmless: readers skip what they have."""
    if one is None or other is None:
        return one or other
    return Refill(min(one.since, other.since), one.topics | other.topics)
