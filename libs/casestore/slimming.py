"""Bring snapshots that grew with every note back to the contents of their report."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casestore.documents import CASES, EVENTS, event_in
from libs.casework.events.intake import Reported

TOGETHER = 1000
Database = AsyncDatabase[dict[str, Any]]


async def keep_the_reports_contents(database: Database, together: int = TOGETHER) -> None:
    """Cut `contents` of every snapshot to as many as the case's `reported.v1` names; the log stays as it is.

    They stand first, so what is cut off is what later events named. Nothing is written anew from the log: a snapshot
    that somebody edited stays what `verify` finds. Broken off and run again, it goes on where work is left. No earlier
    version may write meanwhile. `together`: cases at a time.
    """
    kept = safe(database)
    async for case_ids in _with_contents(kept, together):
        if updates := [_cut(case_id, names) async for case_id, names in _named(kept, case_ids)]:
            await kept[CASES].bulk_write(updates, ordered=False)


async def _with_contents(database: Database, together: int) -> AsyncIterator[Sequence[UUID]]:
    """Pages by id, not one cursor: the server forgets a cursor that a long work leaves alone."""
    after = UUID(int=0)
    while True:
        wanted = {"_id": {"$gt": after}, "contents.0": {"$exists": True}}
        page = await database[CASES].find(wanted, {"_id": 1}).sort("_id", 1).limit(together).to_list()
        if not page:
            return
        after = page[-1]["_id"]
        yield [case["_id"] for case in page]


async def _named(database: Database, case_ids: Sequence[UUID]) -> AsyncIterator[tuple[UUID, int]]:
    """How many contents the report of each case names."""
    async for document in database[EVENTS].find({"case_id": {"$in": case_ids}, "seq": 1}):
        report = _report_in(document)
        if report:
            yield document["case_id"], len(report.contents)


def _report_in(document: Mapping[str, Any]) -> Reported | None:
    """The report; None for an entry that cannot be read: one damaged case keeps no office from starting, and `verify`
    names it."""
    said = event_in(document)
    return said if isinstance(said, Reported) else None


def _cut(case_id: UUID, names: int) -> UpdateOne:
    too_many = {"_id": case_id, f"contents.{names}": {"$exists": True}}
    if names == 0:
        # Snapshots leave out what has its default.
        return UpdateOne(too_many, {"$unset": {"contents": ""}})
    return UpdateOne(too_many, {"$push": {"contents": {"$each": [], "$slice": names}}})
