"""Numbered steps from one form of the database to the next. Each can run twice; what ran is recorded.

A lock document keeps two processes from running the same step at once; one that died in the middle is taken over after a
minute, which is why every step has to bear a second run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.schema import drop_outgrown, ensure_schema

COLLECTION = "migrations"
LOCK = "lock"
STALE_MS = 60_000
Database = AsyncDatabase[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; `number` orders, `name` is for people."""

    number: int
    name: str
    run: Callable[[Database], Awaitable[None]]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "schema", ensure_schema),
    Migration(2, "indexes that the planner uses", drop_outgrown),
)


async def migrate(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[str]:
    """Run what has not run; returns the names. The schema itself is made sure of every time."""
    while not await _lock(database):  # noqa: ASYNC110 - the other one is another process
        await asyncio.sleep(0.2)
    try:
        await ensure_schema(database)
        return [each.name for each in migrations if await _run(database, each)]
    finally:
        await database[COLLECTION].delete_one({"_id": LOCK})


async def _run(database: Database, migration: Migration) -> bool:
    if await database[COLLECTION].find_one({"_id": migration.number}):
        return False
    await migration.run(database)
    done = {"$set": {"name": migration.name}, "$currentDate": {"at": True}}
    await database[COLLECTION].update_one({"_id": migration.number}, done, upsert=True)
    return True


async def _lock(database: Database) -> bool:
    lock = database[COLLECTION]
    made = await lock.update_one(
        {"_id": LOCK}, [{"$set": {"at": {"$ifNull": ["$at", "$$NOW"]}}}], upsert=True
    )
    if made.upserted_id is not None:
        return True
    stale = {"_id": LOCK, "$expr": {"$lt": ["$at", {"$subtract": ["$$NOW", STALE_MS]}]}}
    return await lock.find_one_and_update(stale, [{"$set": {"at": "$$NOW"}}]) is not None
