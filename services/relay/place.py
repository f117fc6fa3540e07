"""Where the relay stands: in the log, and in each topic. Saved by compare-and-set, so that one epoch writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pymongo import ReturnDocument, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from libs.plumbing.mongo import Document

PLACE = "relay_place"
_ID = "banjie.cases"


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """A topic as we know it: its id, and for each partition the offset after the last acknowledged record."""

    id: str
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refill:
    """Still to be published again from the log: every entry with `at` >= since (µs UTC), on these topics."""

    since: int
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """`token`: after which change (None: nowhere yet). `through`: `at` of the newest published entry, µs UTC."""

    epoch: int
    token: Document | None = None
    through: int = 0
    refill: Refill | None = None
    topics: Mapping[str, TopicPlace] = field(default_factory=dict)


class Fenced(Exception):
    """A relay with a higher epoch has taken over; nothing was saved."""


class Places:
    """The saved place, in a collection of the relay's own."""

    def __init__(self, collection: AsyncCollection[Document]) -> None:
        self._claims = collection
        # What a failover may roll back is a newer place for an older one: some news twice, none lost.
        self._saves = collection.with_options(write_concern=WriteConcern(w=1))

    async def claim(self, epoch: int) -> Place:
        """Take the place over for `epoch`; from now on older epochs cannot save. Raises `Fenced`."""
        try:
            found = await self._claims.find_one_and_update(
                {"_id": _ID, "epoch": {"$lt": epoch}},
                {"$set": {"epoch": epoch}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            raise Fenced(epoch) from None
        return _read(found)

    async def save(self, place: Place) -> None:
        """Save if the epoch still stands. Raises `Fenced`."""
        changes = {"$set": _written(place)}
        result = await self._saves.update_one({"_id": _ID, "epoch": place.epoch}, changes)
        if not result.matched_count:
            raise Fenced(place.epoch)


def moved(place: Place, token: Document | None, through: int, ends: Mapping[str, tuple[int, ...]]) -> Place:
    """The place after some more news. `through` never goes back."""
    topics = {name: replace(topic, ends=ends.get(name, topic.ends)) for name, topic in place.topics.items()}
    return replace(place, token=token, through=max(place.through, through), topics=topics)


def _written(place: Place) -> Document:
    refill = place.refill
    return {
        "token": place.token,
        "through": place.through,
        "refill": {"since": refill.since, "topics": sorted(refill.topics)} if refill else None,
        "topics": [
            {"name": name, "id": topic.id, "ends": topic.ends} for name, topic in place.topics.items()
        ],
    }


def _read(found: Mapping[str, Any] | None) -> Place:
    assert found is not None, "an upsert answers with a document"
    refill = found.get("refill")
    return Place(
        epoch=found["epoch"],
        token=found.get("token"),
        through=found.get("through", 0),
        refill=Refill(refill["since"], frozenset(refill["topics"])) if refill else None,
        topics={
            topic["name"]: TopicPlace(topic["id"], tuple(topic["ends"])) for topic in found.get("topics", ())
        },
    )
