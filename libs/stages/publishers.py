"""Other systems that may send: who they are, for which office and unit they speak, which doors they have."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from libs.casework.entry import Actor
from libs.casework.topics import Door, door
from libs.casework.vocabulary import Role

COLLECTION = "publishers"


@dataclass(frozen=True, slots=True)
class Publisher:
    """`unit`: the unit whose work it reports, if any. `seen_on_spot`: its reports need no confirmation (核实)."""

    name: str
    office: str
    doors: frozenset[Door]
    unit: str | None = None
    seen_on_spot: bool = False
    reads_cases: bool = False

    @property
    def actor(self) -> Actor:
        """How it stands in the case log."""
        return Actor(id=f"publisher:{self.name}", role=Role.SYSTEM, office=self.office, unit=self.unit)

    def topics(self) -> tuple[str, ...]:
        """Its inbound topics."""
        return tuple(door(kind, self.name) for kind in sorted(self.doors))


def publisher_from(document: Mapping[str, Any]) -> Publisher:
    """A publisher as its collection holds it."""
    return Publisher(
        document["_id"],
        document["office"],
        frozenset(Door(kind) for kind in document["doors"]),
        document.get("unit"),
        document.get("seen_on_spot", False),
        document.get("reads_cases", False),
    )


def publisher_document(publisher: Publisher) -> dict[str, Any]:
    """For the collection, beside what lets the publisher in."""
    return {
        "_id": publisher.name,
        "office": publisher.office,
        "doors": sorted(publisher.doors),
        "unit": publisher.unit,
        "seen_on_spot": publisher.seen_on_spot,
        "reads_cases": publisher.reads_cases,
    }


class Publishers:
    """All publishers, read again when asked for one that is not known yet."""

    def __init__(self, collection: AsyncCollection[dict[str, Any]]) -> None:
        self._collection = collection
        self._known: dict[str, Publisher] = {}
        self._reading = asyncio.Lock()

    async def get(self, name: str) -> Publisher | None:
        """The publisher called `name`, or None when there is none."""
        if name not in self._known:
            await self.refresh()
        return self._known.get(name)

    async def refresh(self) -> Mapping[str, Publisher]:
        """Read all of them; there are dozens, not thousands."""
        async with self._reading:
            found = [publisher_from(document) async for document in self._collection.find()]
            self._known = {publisher.name: publisher for publisher in found}
        return self._known

    async def topics(self, kind: Door) -> tuple[str, ...]:
        """Every topic of one kind of door, sorted."""
        known = await self.refresh()
        return tuple(sorted(door(kind, each.name) for each in known.values() if kind in each.doors))
