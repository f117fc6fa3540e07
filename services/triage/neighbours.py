"""Which open reports are near in place and time: a small row a report, found by squares of ground. Never the truth.

A row holds no place: its square is a digest, keyed by the master key, over office, class of category and square. So nobody
reads out of it where something was reported, and no look from one office ever finds another's. Rows end by themselves.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from pymongo import UpdateOne, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from libs.casestore.schema import TRIAGE_PLACES
from libs.casework.places import Position
from libs.plumbing.mongo import Document
from services.triage.cells import Cell, cell_of, cells_around

_LABEL = b"banjie squares of ground v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_US = 3_600_000_000
EACH = 8
"""So many neighbours of one report are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and when something of a class (大类) was reported to an office; `at` in µs UTC."""

    case_id: UUID
    office: str
    class_id: str
    position: Position
    at: int


class Neighbours:
    """The rows in the database. `longest_hours`: how long a row can matter."""

    def __init__(self, database: AsyncDatabase[Document], master_key: bytes, longest_hours: int) -> None:
        # A row that a failover loses costs one suggestion.
        self._rows = database.get_collection(
            TRIAGE_PLACES, read_concern=ReadConcern("local"), write_concern=WriteConcern(w=1)
        )
        self._key = hmac.digest(master_key, _LABEL, "sha256")
        self._longest_us = longest_hours * _HOUR_US

    async def keep(self, spots: Sequence[Spot]) -> None:
        """Remember these, each once."""
        if spots:
            await self._rows.bulk_write([self._row(spot) for spot in spots], ordered=False)

    async def near(self, wanted: Mapping[Spot, int]) -> dict[UUID, list[UUID]]:
        """For each spot the reports before it within so many metres (or a little more), the newest first, at most `EACH`."""
        squares = {spot.case_id: self._around(spot, radius) for spot, radius in wanted.items()}
        every = {square for each in squares.values() for square in each}
        if not every:
            return {}
        since = min(spot.at for spot in wanted) - self._longest_us
        found = self._rows.find({"cell": {"$in": list(every)}, "at": {"$gte": since}}, {"cell": 1, "at": 1})
        rows = await found.sort("at", -1).limit(2 * EACH * len(wanted)).to_list()
        return {spot.case_id: _before(spot, squares[spot.case_id], rows) for spot in wanted}

    def _row(self, spot: Spot) -> UpdateOne:
        expires = _EPOCH + timedelta(microseconds=spot.at + self._longest_us)
        row = {"cell": self._square(spot, cell_of(spot.position)), "at": spot.at, "expires": expires}
        return UpdateOne({"_id": spot.case_id}, {"$set": row}, upsert=True)

    def _around(self, spot: Spot, radius_m: int) -> frozenset[bytes]:
        return frozenset(self._square(spot, cell) for cell in cells_around(spot.position, radius_m))

    def _square(self, spot: Spot, cell: Cell) -> bytes:
        name = f"{spot.office}|{spot.class_id}|{cell.row}|{cell.column}".encode()
        return hmac.digest(self._key, name, sha256)[:16]


def _before(spot: Spot, squares: frozenset[bytes], rows: Iterable[Document]) -> list[UUID]:
    """Rows of those squares that were reported before: of two at the same time the one with the lower id."""
    earlier = [
        row["_id"]
        for row in rows
        if row["cell"] in squares and (row["at"], row["_id"]) < (spot.at, spot.case_id)
    ]
    return earlier[:EACH]
