"""Bring the snapshots of an earlier version up to what their logs fold to: why a case waits, which orders are open, what photos show."""

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casestore.documents import CASES, EVENTS, UNREADABLE, logs_wanted, sealed_from
from libs.casework.events.dispatch import AttentionOrdered
from libs.casework.fold import BrokenLog, fold
from libs.casework.vocabulary import OPEN, Stage

PHOTOS = "photos.files"
TOGETHER = 500
WAITS = frozenset({"suspended", "orders"})
SHOWN = frozenset({"before_shown", "after_shown"})
Database = AsyncDatabase[dict[str, Any]]


async def keep_waits_and_orders(database: Database, together: int = TOGETHER) -> None:
    """Add `suspended` and `orders` to the snapshots of open cases that have either. `together`: cases at a time."""
    kept = safe(database)
    async for case_ids in _with_either(kept, together):
        await _fold_again(kept, case_ids, WAITS)


async def keep_what_photos_show(database: Database, together: int = TOGETHER) -> None:
    """Add `before_shown` and `after_shown` to the snapshots of cases that have photos. `together`: cases at a time."""
    kept = safe(database)
    async for case_ids in _with_photos(kept, together):
        await _fold_again(kept, case_ids, SHOWN)


async def _fold_again(kept: Database, case_ids: Sequence[UUID], fields: frozenset[str]) -> None:
    """Nothing but `fields` is written anew. A snapshot that has moved on meanwhile is left alone: who moved it folded it
    whole."""
    found = kept[EVENTS].find(**logs_wanted(case_ids, "hash"))
    logs = groupby(await found.to_list(), key=lambda document: document["case_id"])
    if updates := [update for _, log in logs if (update := _update(list(log), fields))]:
        await kept[CASES].bulk_write(updates, ordered=False)


async def _with_photos(database: Database, together: int) -> AsyncIterator[Sequence[UUID]]:
    after = UUID(int=0)
    while True:
        pipeline: list[dict[str, Any]] = [
            {"$match": {"metadata.case_id": {"$gt": after}}},
            {"$sort": {"metadata.case_id": 1}},
            {"$group": {"_id": "$metadata.case_id"}},
            {"$sort": {"_id": 1}},
            {"$limit": together},
        ]
        page = await (await database[PHOTOS].aggregate(pipeline, allowDiskUse=True)).to_list()
        if not page:
            return
        after = page[-1]["_id"]
        yield [case["_id"] for case in page]


async def _with_either(database: Database, together: int) -> AsyncIterator[Sequence[UUID]]:
    after = UUID(int=0)
    either = [
        {"stage": Stage.SUSPENDED.value},
        {"stage": {"$in": sorted(OPEN)}, "kinds": AttentionOrdered.name()},
    ]
    while True:
        wanted = {"_id": {"$gt": after}, "$or": either}
        page = await database[CASES].find(wanted, {"_id": 1}).sort("_id", 1).limit(together).to_list()
        if not page:
            return
        after = page[-1]["_id"]
        yield [case["_id"] for case in page]


def _update(log: Sequence[Mapping[str, Any]], fields: frozenset[str]) -> UpdateOne | None:
    """None for what cannot be read (`verify` names it), and where there is nothing to add."""
    try:
        sealed = [sealed_from(document) for document in log]
        case = fold((each.entry, each.hash) for each in sealed)
    except (*UNREADABLE, BrokenLog):
        return None
    new = case.model_dump(include=set(fields), exclude_defaults=True) if case else {}
    if case is None or not new:
        return None
    return UpdateOne(
        {"_id": case.id, "seq": case.seq, **{name: {"$exists": False} for name in new}}, {"$set": new}
    )
