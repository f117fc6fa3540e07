"""What the database is brought to: migrations once, indexes that are used, users who cannot rewrite the log."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pymongo
import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from uuid_utils.compat import uuid7

from libs.casestore.append import Appended
from libs.casestore.migrations import MIGRATIONS, Migration, migrate
from libs.casestore.numbers import CaseNumbers
from libs.casestore.schema import RIGHTS, privileges_of
from libs.casestore.store import CaseStore
from libs.casework.draft import Change, NewCase
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.mongod import ensure_user
from libs.plumbing.embedded.stack import Endpoints
from tests.support.cases import OFFICE, a_speaker
from tests.support.stores import Bench, reported_as


async def test_migrations_can_run_again_and_do_nothing(bench: Bench) -> None:
    assert await migrate(bench.database) == []
    done = [each["_id"] async for each in bench.database["migrations"].find().sort("_id", 1)]
    assert done == [each.number for each in MIGRATIONS]


async def test_two_processes_run_a_migration_once(bench: Bench) -> None:
    ran: Counter[str] = Counter()

    async def slowly(database: Any) -> None:
        ran["slow"] += 1
        await asyncio.sleep(0.3)

    step = (Migration(900, "slow", slowly),)
    names = await asyncio.gather(*(migrate(bench.database, step) for _ in range(3)))

    assert sorted(names) == [[], [], ["slow"]]
    assert ran["slow"] == 1


async def test_a_migration_that_fails_runs_again_and_leaves_no_lock(bench: Bench) -> None:
    async def broken(database: Any) -> None:
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        await migrate(bench.database, (Migration(901, "broken", broken),))
    assert await migrate(bench.database, (Migration(901, "mended", nothing),)) == ["mended"]


async def nothing(database: Any) -> None:
    """A migration that has nothing to do."""


ID = UUID(int=1)
QUEUE = {"office": "yingbin", "awaits.person": "clerk"}
WAITING = {"suspended.since": {"$exists": True}}
LATER = {"$or": [{"suspended.until": {"$gt": 5}}, {"suspended.until": 5, "_id": {"$gt": ID}}]}
LOOKUPS = [
    ("case_events", {"key": {"$in": ["a", "b"]}}, {}),
    ("case_events", {"case_id": ID, "seq": {"$gt": 3}}, {"seq": 1}),
    ("case_events", {"case_id": {"$in": [ID]}, "type": "filed.v1"}, {"seq": 1}),
    ("case_events", {"at": {"$gte": 1}}, {"at": 1}),
    ("cases", {"awaits.machine": "triage", "parked": {"$ne": True}}, {"awaits.since": 1}),
    ("cases", {"number": "YB-2611-00001"}, {}),
    ("cases", {"office": "yingbin", "stage": "filed"}, {"_id": -1}),
    ("cases", {"office": "yingbin", "awaits.person": "clerk"}, {"_id": -1}),
    ("cases", {"stage": {"$in": ["reported", "confirming"]}} | QUEUE | {"urgency": "emergency"}, {"_id": 1}),
    ("cases", QUEUE | {"urgency": {"$in": ["normal", None]}, "_id": {"$gt": ID}}, {"_id": 1}),
    ("cases", {"office": "yingbin", "stage": {"$in": ["filed", "working"]}, "_id": {"$gt": ID}}, {"_id": 1}),
    ("case_events", {"case_id": {"$in": [ID]}}, {"case_id": 1, "seq": 1}),
    ("sla_next", {"at": {"$lte": 1}}, {"at": 1}),
    ("sla_clocks", {"case": {"$in": [ID]}}, {}),
    ("cases", {"office": "yingbin"} | WAITING, {"suspended.until": 1, "_id": 1}),
    ("cases", {"office": {"$in": ["yingbin", "shuibosi"]}} | WAITING, {"suspended.until": 1, "_id": 1}),
    ("cases", {"$and": [{"office": "yingbin"} | WAITING, LATER]}, {"suspended.until": 1, "_id": 1}),
    ("triage_places", {"cell": {"$in": [b"a", b"b"]}, "at": {"$gte": 1}}, {"at": -1}),
    ("photos.files", {"metadata.case_id": ID}, {}),
]


@pytest.mark.parametrize(("collection", "wanted", "order"), LOOKUPS)
async def test_no_look_up_reads_a_whole_collection(
    bench: Bench, collection: str, wanted: dict[str, Any], order: dict[str, int]
) -> None:
    query = {"find": collection, "filter": wanted} | ({"sort": order} if order else {})
    plan = await bench.database.command("explain", query, codec_options=bench.database.codec_options)
    stages = str(plan["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in stages
    assert "COLLSCAN" not in stages
    assert "'SORT'" not in stages or collection == "case_events"


async def test_an_index_of_an_earlier_version_is_replaced(bench: Bench) -> None:
    events = bench.database["case_events"]
    await events.create_index("key", unique=True, partialFilterExpression={"key": {"$type": "string"}})
    await bench.database["migrations"].delete_one({"_id": 2})

    await migrate(bench.database)

    assert {"key_1", "once"} & set(await events.index_information()) == {"once"}


async def test_snapshots_of_an_earlier_version_learn_their_kinds(bench: Bench) -> None:
    case_id = await bench.reported()
    await bench.database["cases"].update_one({"_id": case_id}, {"$unset": {"kinds": ""}})
    await bench.database["migrations"].delete_one({"_id": 3})

    await migrate(bench.database)

    assert bench.verify().findings == ()


@pytest.fixture
def password_of(bench: Bench, servers: Endpoints) -> Any:
    """Makes the database user of a service and gives its name and password."""

    def make(service: str) -> dict[str, str]:
        name = f"{bench.where.database}-{service}"
        with MongoClient(servers.mongo_uri) as client:
            ensure_user(client, name, "for-a-test-only", privileges_of(service, bench.where.database))
        return {"username": name, "password": "for-a-test-only", "authSource": "admin"}

    return make


@pytest.mark.parametrize("service", sorted(RIGHTS))
async def test_nobody_may_change_or_remove_an_event(bench: Bench, password_of: Any, service: str) -> None:
    case_id = await bench.reported()
    login = await asyncio.to_thread(password_of, service)
    async with AsyncMongoClient(bench.where.uri, uuidRepresentation="standard", **login) as client:
        events = client[bench.where.database]["case_events"]
        assert await events.count_documents({"case_id": case_id}) == 1
        with pytest.raises(OperationFailure, match="not authorized"):
            await events.update_one({"case_id": case_id}, {"$set": {"at": 1}})
        with pytest.raises(OperationFailure, match="not authorized"):
            await events.delete_many({})
        with pytest.raises(OperationFailure, match="not authorized"):
            await events.drop()


@pytest.mark.parametrize("service", ["intake", "triage", "dispatch", "closure", "records"])
async def test_a_services_rights_are_enough_to_append_and_only_records_destroys_keys(
    bench: Bench, password_of: Any, service: str
) -> None:
    login = await asyncio.to_thread(password_of, service)
    async with AsyncMongoClient(bench.where.uri, uuidRepresentation="standard", **login) as client:
        database = client[bench.where.database]
        store, case_id = CaseStore(database, clock=now_us), uuid7()
        await store.start()
        key = bench.vault.new_key(case_id)
        change = Change(case_id, NewCase(OFFICE), (reported_as(case_id),))
        for _ in range(2):
            done = await store.append(
                [change], a_speaker(Service.INTAKE), key=f"k{case_id}", case_keys=(key.wrapped,)
            )
            assert isinstance(done, Appended)
        await store.stop()
        if service == "records":
            assert (await database["case_keys"].delete_one({"_id": case_id})).deleted_count == 1
        else:
            with pytest.raises(OperationFailure, match="not authorized"):
                await database["case_keys"].delete_one({"_id": case_id})


async def test_numbers_are_unique_across_processes_without_a_gap_and_say_the_month(bench: Bench) -> None:
    november = 1_793_930_400_000_000
    takers = [CaseNumbers(bench.database, "Asia/Shanghai", lambda: november) for _ in range(4)]
    taken = await asyncio.gather(*(each.take("YB", count) for each in takers for count in (1, 30, 70)))
    numbers = [number for each in taken for number in each]
    assert sorted(numbers) == [f"YB-2611-{number:05d}" for number in range(1, 4 * 101 + 1)]


async def test_processes_that_take_turns_leave_no_number_out(bench: Bench) -> None:
    november = 1_793_930_400_000_000
    here, there = (CaseNumbers(bench.database, "Asia/Shanghai", lambda: november) for _ in range(2))
    taken = [await here.take("YB"), await there.take("YB", 2), await here.take("YB")]
    told = [number for each in taken for number in each]
    assert told == [f"YB-2611-{number:05d}" for number in (1, 2, 3, 4)]


async def test_a_database_that_is_away_fails_every_caller_and_the_next_is_served(bench: Bench) -> None:
    numbers = CaseNumbers(bench.database, "Asia/Shanghai", lambda: 1_793_930_400_000_000)
    with pymongo.timeout(0.000_001):
        failed = await asyncio.gather(numbers.take("YB"), numbers.take("YB", 3), return_exceptions=True)
    assert all(isinstance(each, PyMongoError) for each in failed)
    assert await numbers.take("YB") == ["YB-2611-00001"]


async def test_a_month_begins_when_it_begins_in_the_office(bench: Bench) -> None:
    midnight_in_datong = 1_796_054_400_000_000
    before = CaseNumbers(bench.database, "Asia/Shanghai", lambda: midnight_in_datong - 1)
    after = CaseNumbers(bench.database, "Asia/Shanghai", lambda: midnight_in_datong)
    assert [await before.take("YB"), await after.take("YB")] == [["YB-2611-00001"], ["YB-2612-00001"]]
