"""The raw limits of the two servers, beside which the system's own figures stand: nothing of ours but the documents."""

import os
from time import perf_counter
from typing import Any

from pymongo import AsyncMongoClient, ReplaceOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from uuid_utils.compat import uuid7

from bench.installation import Installation
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.provision import TopicSpec, ensure_topics
from libs.plumbing.kafka import kafka_producer

SAFE = WriteConcern(w="majority", j=True)
IN_A_GROUP = 200
VALUE = b"x" * 600


async def bulk_events_per_second(installation: Installation, groups: int = 60) -> float:
    """Bulk transactions of event + snapshot, 200 of each, majority and journal, one at a time."""
    reach = installation.home.reach()
    async with AsyncMongoClient[dict[str, Any]](reach.mongo_uri, uuidRepresentation="standard") as client:
        database = client["bench_raw"]
        for name in ("events", "snapshots"):
            await database.create_collection(name)
        await database["events"].create_index([("case_id", 1), ("seq", 1)], unique=True)
        began = perf_counter()
        for _ in range(groups):
            await _one_group(client)
        seconds = perf_counter() - began
        await client.drop_database("bench_raw")
    return groups * IN_A_GROUP / seconds


async def _one_group(client: AsyncMongoClient[dict[str, Any]]) -> None:
    database, cases = client["bench_raw"], [uuid7() for _ in range(IN_A_GROUP)]
    events = [
        {"_id": uuid7(), "case_id": case, "seq": 1, "body": VALUE, "hash": os.urandom(32)} for case in cases
    ]
    snapshots = [
        ReplaceOne({"_id": case}, {"_id": case, "seq": 1, "stage": "filed"}, upsert=True) for case in cases
    ]
    async with (
        client.start_session() as session,
        await session.start_transaction(ReadConcern("snapshot"), SAFE),
    ):
        await database["events"].insert_many(events, session=session)
        await database["snapshots"].bulk_write(snapshots, session=session)


async def producer_records_per_second(installation: Installation, records: int = 60_000) -> float:
    """A plain aiokafka producer, 600-byte values, acks=all, idempotent, to one topic of six partitions."""
    settings = _admin_settings(installation)
    reach = installation.home.reach()
    with open_admin(reach.kafka_bootstrap, reach.kafka_user, reach.kafka_password) as admin:
        ensure_topics(admin, [TopicSpec("bench.raw", 6)])
    producer = kafka_producer(settings)
    await producer.start()
    began = perf_counter()
    for number in range(records):
        await producer.send("bench.raw", VALUE, number.to_bytes(4, "big"))
    await producer.flush()
    seconds = perf_counter() - began
    await producer.stop()
    return records / seconds


def _admin_settings(installation: Installation) -> Any:
    reach = installation.home.reach()
    return installation.home.operator_settings().model_copy(update={"kafka_bootstrap": reach.kafka_bootstrap})
