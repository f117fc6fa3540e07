"""Figures over the snapshots: how long cases took from report to closing, how many stand at which stage.

Percentiles by nearest rank: of n sorted times the one at place ceil(p·n). The database server knows no percentiles yet.
"""

from typing import Any, NamedTuple

from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casestore.documents import CASES
from libs.casework.vocabulary import Stage

UNIT, CATEGORY = "assignment.lead", "category"


class Span(NamedTuple):
    """Which cases count: of one office (None: all), closed from and before these instants (µs UTC, None: open end)."""

    office: str | None = None
    closed_from: int | None = None
    closed_before: int | None = None


class Took(NamedTuple):
    """Cases of one group (unit, category; None: all, or unknown): how many, and median and 90th percentile in µs."""

    group: str | None
    cases: int
    median_us: int
    p90_us: int


class Figures:
    """Reads them, in one aggregation each."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self._cases = safe(database)[CASES]

    async def closing_times(self, span: Span, path: str | None = None) -> list[Took]:
        """From report to closing, by `UNIT` or `CATEGORY` or (None) over all; the most cases first."""
        found = await self._cases.aggregate(_closing_times(span, path), allowDiskUse=True)
        return [Took(each["_id"], each["count"], each["median"], each["p90"]) async for each in found]

    async def stages(self, office: str | None) -> dict[Stage, int]:
        """How many cases stand at each stage now."""
        wanted = {"office": office} if office else {}
        grouped = {"$group": {"_id": "$stage", "count": {"$sum": 1}}}
        found = await self._cases.aggregate([{"$match": wanted}, grouped])
        counts = {Stage(each["_id"]): int(each["count"]) async for each in found}
        return {stage: counts.get(stage, 0) for stage in Stage}


def _closing_times(span: Span, path: str | None) -> list[dict[str, Any]]:
    took = {"$subtract": ["$closed_at", "$reported_at"]}
    group = f"${path}" if path else None
    return [
        {"$match": _closed(span)},
        {"$project": {"group": {"$ifNull": [group, None]}, "took": took}},
        {"$sort": {"took": 1}},
        {"$group": {"_id": "$group", "took": {"$push": "$took"}, "count": {"$sum": 1}}},
        {"$project": {"count": 1, "median": _rank("$count", 5), "p90": _rank("$count", 9)}},
        {"$sort": {"count": -1, "_id": 1}},
    ]


def _closed(span: Span) -> dict[str, Any]:
    bounds = {"$gte": span.closed_from, "$lt": span.closed_before}
    wanted: dict[str, Any] = {"stage": Stage.CLOSED.value}
    wanted["closed_at"] = {"$gt": 0} | {name: bound for name, bound in bounds.items() if bound is not None}
    return wanted | ({"office": span.office} if span.office else {})


def _rank(count: str, tenths: int) -> dict[str, Any]:
    # In whole numbers: 0.9 * n is not always what it should be.
    place = {"$floor": {"$divide": [{"$add": [{"$multiply": [count, tenths]}, 9]}, 10]}}
    return {"$arrayElemAt": ["$took", {"$toInt": {"$subtract": [place, 1]}}]}
