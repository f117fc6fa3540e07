"""Reads the board: what is near due, behind, overdue. Answered from two indexes, whose cost grows with what is on the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from libs.casestore.reading import MOST_MICROS
from libs.casestore.schema import SLA_CLOCKS
from libs.casework.deadlines.vocabulary import Colour
from libs.plumbing.mongo import Document

OVERDUE, COLOURED = "overdue", "coloured"
"""The indexes of `libs.casestore.schema`."""
BY_DUE = [("due", 1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class BoardQuery:
    """What to look for; None does not narrow. `level` is a level's id in the policies."""

    offices: Sequence[str]
    unit: str | None = None
    grid: str | None = None
    category: str | None = None
    clock: str | None = None
    level: str | None = None
    colours: frozenset[Colour] = frozenset(Colour)


class Place(NamedTuple):
    """Where a page ends: as the board was at `now`, after the line `_id` that is due at `due` (both µs UTC)."""

    now: int
    due: int
    line: str

    def __str__(self) -> str:
        return f"{self.now}.{self.due}.{self.line}"


def place_from(text: str) -> Place:
    """The place behind a cursor. Raises ValueError."""
    now, due, line = text.split(".", 2)
    case_id, colon, key = line.partition(":")
    if not (colon and key):
        raise ValueError(text)
    place = Place(int(now), int(due), f"{UUID(case_id)}:{key}")
    if not all(0 <= each <= MOST_MICROS for each in place[:2]):
        raise ValueError(text)
    return place


class Counted(NamedTuple):
    """So many clocks of that unit and grid have that colour."""

    unit: str
    grid: str | None
    colour: Colour
    clocks: int


class Board:
    """The board of all offices in one database."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._lines = database.get_collection(SLA_CLOCKS, read_concern=ReadConcern("local"))

    async def page(
        self, query: BoardQuery, now: int, limit: int, after: Place | None = None
    ) -> list[Document]:
        """Up to `limit` lines as they are at `now` (µs UTC), what is due first at the top."""
        found: list[str] = []
        for index, wanted in parts(query, now, after):
            left = limit - len(found)
            if left > 0:
                ids = self._lines.find(wanted, {"_id": 1}).sort(BY_DUE).limit(left).hint(index)
                found += [each["_id"] async for each in ids]
        # Whatever has changed since the index was read may have left the board.
        still = self._lines.find({"_id": {"$in": found}, "blue": {"$lt": now}})
        lines = {line["_id"]: line async for line in still}
        return [lines[each] for each in found if each in lines]

    async def counts(self, query: BoardQuery, now: int) -> list[Counted]:
        """How many clocks of each unit and grid have which colour at `now`; every colour, whatever the query asks for."""
        groups = await self._lines.aggregate(counting(query, now), hint=COLOURED)
        return [
            Counted(
                group["_id"]["unit"], group["_id"].get("grid"), Colour(group["_id"]["colour"]), group["n"]
            )
            async for group in groups
        ]


def parts(query: BoardQuery, now: int, after: Place | None) -> list[tuple[str, Document]]:
    """What is overdue, then what is not yet, each with the index that finds it: together in order of deadlines."""
    found: list[tuple[str, Document]] = []
    if Colour.RED in query.colours:
        found.append((OVERDUE, _filter(query, now) | _due({"$lt": now}, after)))
    if soon := _not_yet(query.colours, now):
        found.append((COLOURED, _filter(query, now) | soon | _due({"$gte": now}, after)))
    return found


def counting(query: BoardQuery, now: int) -> list[Document]:
    """Groups by unit, grid and colour."""
    yellow = {"$cond": [{"$lt": ["$yellow", now]}, Colour.YELLOW.value, Colour.BLUE.value]}
    colour = {"$cond": [{"$lt": ["$due", now]}, Colour.RED.value, yellow]}
    group = {"_id": {"unit": "$unit", "grid": "$grid", "colour": colour}, "n": {"$sum": 1}}
    return [{"$match": _filter(query, now) | {"blue": {"$lt": now}}}, {"$group": group}]


def _filter(query: BoardQuery, now: int) -> Document:
    offices = list(query.offices)
    wanted: Document = {"office": offices[0] if len(offices) == 1 else {"$in": offices}}
    for name in ("unit", "grid", "category", "clock"):
        if (value := getattr(query, name)) is not None:
            wanted[name] = value
    if query.level is not None:
        # The last level that was reached: the only condition that looks into the lines themselves.
        last: Any = {"$last": {"$filter": {"input": "$steps", "cond": {"$lt": ["$$this.since", now]}}}}
        wanted["$expr"] = {"$eq": [{"$getField": {"field": "level", "input": last}}, query.level]}
    return wanted


def _not_yet(colours: frozenset[Colour], now: int) -> Document:
    """What is blue or yellow but not overdue; nothing when neither is asked for."""
    if {Colour.BLUE, Colour.YELLOW} <= colours:
        return {"blue": {"$lt": now}}
    if Colour.YELLOW in colours:
        # Whatever is yellow was blue before: so that the index can be cut where nothing is near yet.
        return {"blue": {"$lt": now}, "yellow": {"$lt": now}}
    return {"blue": {"$lt": now}, "yellow": {"$gte": now}} if Colour.BLUE in colours else {}


def _due(bound: Document, after: Place | None) -> Document:
    if after is None:
        return {"due": bound}
    # The first condition cuts the index, the second cuts among what is due in the same microsecond.
    beyond = [{"due": {"$gt": after.due}}, {"due": after.due, "_id": {"$gt": after.line}}]
    return {"$and": [{"due": bound}, {"due": {"$gte": after.due}}], "$or": beyond}
