"""Queries over the snapshots: filters that combine, pages by cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple
from uuid import UUID

from pymongo.asynchronous.collection import AsyncCollection

from libs.casestore.documents import case_from
from libs.casework.case import Case
from libs.casework.vocabulary import Urgency

MOST_MICROS = 2**63 - 1
"""The largest number that the database takes."""


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """What to look for; None does not narrow. `ids`: these alone. `offices`, `categories`: in any of them. `stage_until`: at its stage since then or longer. Instants in µs UTC. `area`: codes of grids or communities, in any of them."""

    ids: Sequence[UUID] | None = None
    office: str | None = None
    offices: Sequence[str] | None = None
    stages: Sequence[str] | None = None
    unit: str | None = None
    category: str | None = None
    categories: Sequence[str] | None = None
    urgency: str | None = None
    grid: str | None = None
    grids: Sequence[str] | None = None
    community: str | None = None
    area: Sequence[str] | None = None
    number: str | None = None
    publisher: str | None = None
    awaits_person: str | None = None
    awaits_machine: str | None = None
    checker: str | None = None
    stage_until: int | None = None
    public: bool | None = None
    parked: bool | None = None
    reported_from: int | None = None
    reported_to: int | None = None


class Page(NamedTuple):
    """Cases, and the cursor of the next page (None on the last)."""

    cases: tuple[Case, ...]
    after: str | None


_PATHS = {
    "unit": "assignment.lead",
    "awaits_person": "awaits.person",
    "awaits_machine": "awaits.machine",
}
_SPECIAL = {
    "ids",
    "stages",
    "offices",
    "categories",
    "stage_until",
    "urgency",
    "grids",
    "area",
    "reported_from",
    "reported_to",
}


def filter_of(query: CaseQuery) -> dict[str, Any]:
    """The query as MongoDB takes it."""
    wanted: dict[str, Any] = {}
    for field in fields(query):
        value = getattr(query, field.name)
        if value is not None and field.name not in _SPECIAL:
            # Snapshots leave out what has its default: false is stored as nothing.
            wanted[_PATHS.get(field.name, field.name)] = {"$ne": True} if value is False else value
    for name, many in (
        ("stage", query.stages),
        ("grid", query.grids),
        ("office", query.offices),
        ("category", query.categories),
    ):
        if many is not None:
            wanted.setdefault(name, {"$in": list(many)})
    if query.urgency is not None:
        # A case of which nobody has said yet how urgent it is counts as normal.
        wanted["urgency"] = (
            {"$in": [query.urgency, None]} if query.urgency == Urgency.NORMAL else query.urgency
        )
    if query.ids is not None:
        wanted["_id"] = {"$in": list(query.ids)}
    if query.stage_until is not None:
        wanted["stage_at"] = {"$lte": query.stage_until}
    if query.area is not None:
        wanted["$or"] = [{name: {"$in": list(query.area)}} for name in ("grid", "community")]
    return wanted | _reported(query)


def _reported(query: CaseQuery) -> dict[str, Any]:
    bounds = {"$gte": query.reported_from, "$lt": query.reported_to}
    given = {operator: bound for operator, bound in bounds.items() if bound is not None}
    return {"reported_at": given} if given else {}


class Said(NamedTuple):
    """Cases of which something was said, and how far back the log was walked (µs UTC; None: all of what was asked for)."""

    case_ids: list[UUID]
    back_to: int | None


class Waited(NamedTuple):
    """Where a page of waiting cases ends: after this one, which is looked at again at `until` (µs UTC, 0: nobody said when)."""

    until: int
    case_id: UUID

    def __str__(self) -> str:
        return f"{self.until}.{self.case_id}"


def waited_from(text: str) -> Waited:
    """The place behind a cursor. Raises ValueError."""
    until, _, case_id = text.partition(".")
    place = Waited(int(until), UUID(case_id))
    if not 0 <= place.until <= MOST_MICROS:
        raise ValueError(text)
    return place


async def suspended_page(
    cases: AsyncCollection[dict[str, Any]], query: CaseQuery, limit: int, after: Waited | None
) -> Page:
    """One page of the cases that wait, by the day to look again; those without one first."""
    wanted = filter_of(query) | {"suspended.since": {"$exists": True}}
    ordered = cases.find({"$and": [wanted, _later(after)]}).sort([("suspended.until", 1), ("_id", 1)])
    found = [case_from(each) async for each in ordered.limit(limit + 1)]
    more = len(found) > limit
    return Page(tuple(found[:limit]), str(_place_of(found[limit - 1])) if more else None)


def _place_of(case: Case) -> Waited:
    return Waited((case.suspended and case.suspended.until) or 0, case.id)


def _later(after: Waited | None) -> dict[str, Any]:
    if after is None:
        return {}
    until, beyond = after.until or None, {"$gt": after.case_id}
    return {"$or": [{"suspended.until": {"$gt": after.until}}, {"suspended.until": until, "_id": beyond}]}


async def page_of(
    cases: AsyncCollection[dict[str, Any]],
    query: CaseQuery,
    limit: int,
    after: str | None,
    oldest_first: bool = False,
) -> Page:
    """One page, newest first unless told. Case ids are UUIDv7, so their order is that of reporting."""
    wanted = filter_of(query)
    if after is not None:
        wanted["_id"] = wanted.get("_id", {}) | {"$gt" if oldest_first else "$lt": UUID(after)}
    ordered = cases.find(wanted).sort("_id", 1 if oldest_first else -1)
    found = [case_from(each) async for each in ordered.limit(limit + 1)]
    more = len(found) > limit
    return Page(tuple(found[:limit]), str(found[limit - 1].id) if more else None)
