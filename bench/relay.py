"""The relay alone, on real servers: events a second, CPU an event, and from the commit to the topic.

`python -m bench.relay [--backlog 20000] [--seconds 10]`. A follower in this process reads `banjie.cases`; the time from
the commit's return to the follower's hand is the latency, the fetch included. One JSON document on stdout.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import uniform
from time import monotonic, perf_counter, sleep
from typing import Any

from bson import Binary
from pymongo.asynchronous.database import AsyncDatabase

from libs.casework.draft import Change, Drafted, NewCase, Sealed, Speaker, draft
from libs.casework.entry import Actor
from libs.casework.events.intake import Reported
from libs.casework.news import news_of
from libs.casework.topics import CASES
from libs.casework.vocabulary import Role, Service, Source
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.provision import TopicSpec, ensure_topics
from libs.plumbing.embedded.running import RunningServers, running_servers
from libs.plumbing.kafka import kafka_consumer
from libs.plumbing.mongo import Document, mongo_client
from libs.plumbing.settings import Settings
from services.relay.broker import REJECTED, TOPICS
from services.relay.stream import LOG

RELAY = (
    "import sys; from libs.plumbing.runner import run; from libs.plumbing.settings import settings_or_exit;"
    "from services.relay.app import compose; sys.exit(run(compose, settings_or_exit(service='relay'), 'worker'))"
)
TICKS = os.sysconf("SC_CLK_TCK")
RATES = ((20, 1), (500, 10), (2000, 30), (4000, 60))
"""Events a second, and how many in one transaction."""


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--backlog", type=int, default=20_000)
    wishes.add_argument("--seconds", type=float, default=10)
    asked = wishes.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder) / "data") as servers:
        print(json.dumps(asyncio.run(measure(servers, Path(folder), asked.backlog, asked.seconds)), indent=1))


async def measure(servers: RunningServers, folder: Path, backlog: int, seconds: float) -> dict[str, Any]:
    with open_admin(servers.kafka_bootstrap, servers.kafka_user, servers.kafka_password) as admin:
        ensure_topics(admin, [TopicSpec(name, 6) for name in (*TOPICS, REJECTED)])
    settings = _settings(servers)
    async with mongo_client(settings) as client:
        database = client[settings.mongo_database]
        await database.create_collection(LOG)
        await database[LOG].create_index([("case_id", 1), ("seq", 1)], unique=True)
        with _relay(servers, folder) as relay:
            async with _follower(settings) as follower:
                await _write(database, [_reported()])
                await follower.until(1)
                before = follower.count
                found: dict[str, Any] = {
                    f"{rate}/s": await _at_rate(database, follower, servers, relay, rate, group, seconds)
                    for rate, group in RATES
                }
                found["backlog"] = await _backlog(database, follower, servers, relay, backlog)
                found["events"] = follower.count - before
    return found


async def _at_rate(
    database: AsyncDatabase[Document],
    follower: "Follower",
    servers: RunningServers,
    relay: int,
    rate: int,
    group: int,
    seconds: float,
) -> dict[str, Any]:
    total = int(rate * seconds)
    cpu = _all_cpu(servers, relay)
    follower.heard.clear()
    target, began, committed = follower.count + total, perf_counter(), dict[str, float]()
    for start in range(0, total, group):
        entries = [_reported() for _ in range(min(group, total - start))]
        await _write(database, entries)
        committed |= dict.fromkeys((str(one.entry.case_id) for one in entries), perf_counter())
        # Not on the beat: a clock of ours would hide the relay's own.
        await asyncio.sleep(max(0.0, began + (start + group * uniform(0.5, 1.5)) / rate - perf_counter()))
    await follower.until(target)
    took = sorted((follower.heard[case] - at) * 1000 for case, at in committed.items())
    return {
        "p50_ms": round(statistics.median(took), 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
        "written_per_s": round(total / (perf_counter() - began)),
        **_per_event(cpu, _all_cpu(servers, relay), total),
    }


async def _backlog(
    database: AsyncDatabase[Document], follower: "Follower", servers: RunningServers, relay: int, total: int
) -> dict[str, Any]:
    """Stop the relay, write, let it go on: how fast it catches up."""
    entries = [_reported() for _ in range(total)]
    os.kill(relay, 19)
    for start in range(0, total, 500):
        await _write(database, entries[start : start + 500])
    target, cpu, began = follower.count + total, _all_cpu(servers, relay), perf_counter()
    os.kill(relay, 18)
    await follower.until(target)
    took = perf_counter() - began
    return {"events_per_s": round(total / took), **_per_event(cpu, _all_cpu(servers, relay), total)}


def _per_event(before: dict[str, float], after: dict[str, float], events: int) -> dict[str, float]:
    return {f"{name}_us": round((after[name] - before[name]) / events * 1e6, 1) for name in before}


def _all_cpu(servers: RunningServers, relay: int) -> dict[str, float]:
    pids = {"relay": relay, "mongod": servers.pid("mongod"), "kafka": servers.pid("kafka")}
    return {name: _cpu(pid) for name, pid in pids.items()}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Follower:
    """Counts records and notes when each case was heard of."""

    def __init__(self) -> None:
        self.count = 0
        self.heard: dict[str, float] = {}

    async def read(self, consumer: Any) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                now = perf_counter()
                self.count += len(records)
                self.heard |= {record.key.decode(): now for record in records}

    async def until(self, count: int, seconds: float = 60) -> None:
        end = monotonic() + seconds
        while self.count < count:
            if monotonic() > end:
                raise TimeoutError(f"{self.count} of {count}")
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _follower(settings: Settings) -> AsyncIterator[Follower]:
    follower, consumer = Follower(), kafka_consumer(settings, CASES, fetch_max_wait_ms=100)
    await consumer.start()
    reading = asyncio.create_task(follower.read(consumer))
    try:
        yield follower
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await consumer.stop()


@contextmanager
def _relay(servers: RunningServers, folder: Path) -> Iterator[int]:
    secrets = folder / "secrets"
    secrets.mkdir()
    (secrets / "mongo_password").write_text(servers.mongo_password)
    (secrets / "kafka_password").write_text(servers.kafka_password)
    told = {
        "BANJIE_MONGO_URI": f"{servers.mongo_address}&authSource=admin",
        "BANJIE_MONGO_USER": servers.mongo_user,
        "BANJIE_KAFKA_BOOTSTRAP": servers.kafka_bootstrap,
        "BANJIE_KAFKA_USER": servers.kafka_user,
        "BANJIE_SECRETS_DIR": str(secrets),
    }
    child = subprocess.Popen([sys.executable, "-c", RELAY], env={**os.environ, **told})
    try:
        sleep(2)
        yield child.pid
    finally:
        child.terminate()
        child.wait(15)


def _settings(servers: RunningServers) -> Settings:
    return Settings(
        service="bench",
        mongo_uri=f"{servers.mongo_address}&authSource=admin",
        mongo_user=servers.mongo_user,
        mongo_password=servers.mongo_password,
        kafka_bootstrap=servers.kafka_bootstrap,
        kafka_user=servers.kafka_user,
        kafka_password=servers.kafka_password,
    )


def _reported() -> Sealed:
    event = Reported(number="YB-2026-000001", source=Source.GRID_WORKER, channel="http", seen_on_spot=True)
    speaker = Speaker(Service.INTAKE, Actor(id="somebody", role=Role.GRID_WORKER))
    drafted = draft(None, Change(uuid.uuid4(), NewCase("yingbin"), (event,)), speaker, now_us(), uuid.uuid4)
    assert isinstance(drafted, Drafted)
    return drafted.sealed[0]


async def _write(database: AsyncDatabase[Document], entries: list[Sealed]) -> None:
    documents = [
        {
            **{"_id": one.entry.id, "case_id": one.entry.case_id, "seq": 1, "type": one.entry.type},
            **{"at": one.entry.at, "body": Binary(one.body), "hash": Binary(one.hash)},
        }
        for one in entries
    ]
    async with database.client.start_session() as session:
        await session.with_transaction(lambda inside: database[LOG].insert_many(documents, session=inside))


if __name__ == "__main__":
    assert news_of(_reported().body).topics, "a report is news"
    main()
