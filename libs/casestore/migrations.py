"""Numbered steps from one form of the database to the next. Each can run twice; what ran is recorded.

A lock document keeps two processes from running the same step at once; one that died in the middle is taken over after a
minute, which is why every step has to bear a second run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from libs.casestore.refolding import keep_waits_and_orders, keep_what_photos_show
from libs.casestore.schema import drop_outgrown, ensure_schema, name_kinds
from libs.casestore.slimming import keep_the_reports_contents

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
    Migration(3, "kinds of events in snapshots", name_kinds),
    Migration(4, "contents of the report only in snapshots", keep_the_reports_contents),
    Migration(5, "suspensions and open orders in snapshots", keep_waits_and_orders),
    Migration(6, "what photos show in snapshots", keep_what_photos_show),
)


async def migrate(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[str]:
    """Run what has not run; returns the names. The schema itself is made sure of every time."""
    owner = uuid4().hex
    while not await _lock(database, owner):  # noqa: ASYNC110 - the other one is another process
        await asyncio.sleep(0.2)
    keeping = asyncio.create_task(_keep(database, owner))
    try:
        await ensure_schema(database)
        return [each.name for each in migrations if await _run(database, each)]
    finally:
        keeping.cancel()
        await database[COLLECTION].delete_one({"_id": LOCK, "owner": owner})


async def _run(database: Database, migration: Migration) -> bool:
    if await database[COLLECTION].find_one({"_id": migration.number}):
        return False
    await migration.run(database)
    done = {"$set": {"name": migration.name}, "$currentDate": {"at": True}}
    await database[COLLECTION].update_one({"_id": migration.number}, done, upsert=True)
    return True


async def _lock(database: Database, owner: str) -> bool:
    """Take the lock when it is free or its owner has died. The server's clock alone decides."""
    lock = database[COLLECTION]
    mine = {"$set": {"owner": owner}, "$currentDate": {"at": True}}
    stale = {"_id": LOCK, "$expr": {"$lt": ["$at", {"$subtract": ["$$NOW", STALE_MS]}]}}
    if await lock.find_one_and_update(stale, mine):
        return True
    try:
        free = {"_id": LOCK, "owner": owner}
        return (await lock.update_one(free, mine, upsert=True)).upserted_id is not None
    except DuplicateKeyError:
        return False


async def _keep(database: Database, owner: str) -> None:
    """Say that we still live, well before anybody takes us for dead."""
    while True:
        await asyncio.sleep(STALE_MS / 4000)
        await database[COLLECTION].update_one({"_id": LOCK, "owner": owner}, {"$currentDate": {"at": True}})
