"""A case log that is written, a relay that carries its news, and what arrived on the topics."""

import asyncio
import json
import os
import signal
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from bson import Binary
from kafka.errors import KafkaError
from pymongo.errors import PyMongoError

from libs.casework.draft import Sealed
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.provision import TopicSpec, ensure_topics
from libs.plumbing.embedded.running import RunningServers
from libs.plumbing.kafka import kafka_consumer
from libs.plumbing.mongo import Document, mongo_client
from libs.plumbing.settings import Settings
from services.relay.app import RelayProcess
from services.relay.broker import REJECTED, TOPICS, Broker
from services.relay.place import PLACE
from services.relay.stream import LOG
from tests.support.cases import Told

ROOT = Path(__file__).parents[3]
WAY = "reported classified filed dispatched accepted started resolved check_passed closed"


class Heard(NamedTuple):
    """A record as a follower sees it."""

    case_id: str
    seq: int
    id: str
    key: bytes
    value: bytes


class Newsroom:
    """One database of its own on shared servers; topics are shared, so only what came after `open` counts."""

    def __init__(self, servers: RunningServers, folder: Path, **settings: Any) -> None:
        self.servers, self.folder = servers, folder
        self.settings = settings_of(servers, mongo_database=f"n{uuid.uuid4().hex[:8]}", **settings)
        self.relays_settings = self.settings
        self.client = mongo_client(self.settings)
        self.database = self.client[self.settings.mongo_database]
        self.written: dict[str, list[str]] = defaultdict(list)
        self._from: dict[str, tuple[int, ...]] = {}
        self._relays: list[RelayProcess] = []
        self._children: list[asyncio.subprocess.Process] = []

    async def open(self) -> None:
        await self.make_topics()
        await self.database.create_collection(LOG)
        await self.database[LOG].create_index([("case_id", 1), ("seq", 1)], unique=True)
        await self.database[LOG].create_index([("at", 1)])
        self._from = {name: topic.ends for name, topic in (await self.look()).items()}

    async def make_topics(self) -> None:
        await asyncio.to_thread(self._make_topics)

    def _make_topics(self) -> None:
        reach = self.servers
        with open_admin(reach.kafka_bootstrap, reach.kafka_user, reach.kafka_password) as admin:
            ensure_topics(admin, [TopicSpec(name, 6) for name in (*TOPICS, REJECTED)])

    async def drop_topic(self, name: str) -> None:
        def drop() -> None:
            reach = self.servers
            with open_admin(reach.kafka_bootstrap, reach.kafka_user, reach.kafka_password) as admin:
                admin.delete_topics([name])

        await asyncio.to_thread(drop)
        self._from[name] = (0,) * 6

    def forget_offsets(self) -> None:
        """The broker was emptied: from now on everything counts."""
        self._from = dict.fromkeys(self._from, (0,) * 6)

    async def look(self) -> Any:
        broker = Broker(self.settings)
        try:
            return await broker.look()
        finally:
            await broker.close()

    async def relay(self) -> RelayProcess:
        """A relay in this process."""
        relay = RelayProcess(self.relays_settings)
        self._relays.append(relay)
        await relay.start()
        return relay

    async def following(self) -> RelayProcess:
        """A relay in this process that has begun to follow."""
        relay = await self.relay()
        await until(lambda: _follows(relay))
        return relay

    async def child(self) -> asyncio.subprocess.Process:
        """A relay in a process of its own."""
        secrets = self.folder / "secrets"
        secrets.mkdir(exist_ok=True)
        (secrets / "mongo_password").write_text(self.servers.mongo_password)
        (secrets / "kafka_password").write_text(self.servers.kafka_password)
        told = {f"BANJIE_{name.upper()}": getattr(self.settings, name) for name in _PUBLIC}
        with (self.folder / "relay.log").open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.support.relay_program"),
                env={**os.environ, **told, "BANJIE_SECRETS_DIR": str(secrets)},
                cwd=ROOT,
                stderr=log,
            )
        self._children.append(child)
        return child

    async def write(self, *cases: Told, group: int = 100) -> None:
        """Append the cases' logs, step by step side by side, in transactions of `group`."""
        steps = max((len(case.log) for case in cases), default=0)
        await self.append(
            (case.log[step] for step in range(steps) for case in cases if step < len(case.log)), group
        )

    async def append(self, entries: Iterable[Sealed], group: int = 100) -> None:
        waiting = list(entries)
        for start in range(0, len(waiting), group):
            await self.insert([document(one) for one in waiting[start : start + group]])
        for one in waiting:
            self.written[str(one.entry.case_id)].append(str(one.entry.id))

    async def insert(self, documents: Sequence[Document]) -> None:
        async with self.client.start_session() as session:
            await session.with_transaction(
                lambda inside: self.database[LOG].insert_many(documents, session=inside)
            )

    async def heard(self, topic: str) -> list[Heard]:
        """Everything on the topic that came since `open`, each partition in its order."""
        ends = (await self.look())[topic].ends
        if ends == self._from[topic]:
            return []
        consumer = kafka_consumer(self.settings)
        await consumer.start()
        try:
            return [record async for record in _read(consumer, topic, self._from[topic], ends)]
        finally:
            await consumer.stop()

    async def place(self) -> Document:
        return await self.database[PLACE].find_one() or {}

    async def complete(self, topic: str, seconds: float = 15) -> dict[str, list[str]]:
        """Entry ids per case on the topic, repetitions ignored as followers do, once all that was written is there."""
        end = monotonic() + seconds
        while True:
            try:
                applied = followed(await self.heard(topic))
            except KafkaError:
                applied = {}
            if applied == self.written or monotonic() > end:
                return applied
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        for child in self._children:
            if child.returncode is None:
                child.send_signal(signal.SIGKILL)
                await child.wait()
        await asyncio.gather(*(relay.stop() for relay in self._relays))
        await self.client.drop_database(self.settings.mongo_database)
        await self.client.close()


async def until(true: Callable[[], Any], seconds: float = 10) -> float:
    """Wait until `true()` (or what it awaits) holds; after how many seconds."""
    began = monotonic()
    while monotonic() - began < seconds:
        try:
            found = true()
            if await found if asyncio.iscoroutine(found) else found:
                return monotonic() - began
        except (RuntimeError, PyMongoError):
            pass
        await asyncio.sleep(0.02)
    raise TimeoutError(f"not within {seconds} s")


async def _follows(relay: RelayProcess) -> bool:
    return (await relay.ready()).endswith(" s")


def followed(heard: Iterable[Heard]) -> dict[str, list[str]]:
    """What a follower applies: it ignores every seq up to the applied one, and a gap would be an error."""
    applied: dict[str, list[str]] = defaultdict(list)
    for record in heard:
        if record.seq > len(applied[record.case_id]):
            assert record.seq == len(applied[record.case_id]) + 1, f"a gap before {record}"
            applied[record.case_id].append(record.id)
    return dict(applied)


def a_story(steps: str = WAY) -> Told:
    """A case told just now."""
    case = Told(uuid.uuid4(), at=now_us(), ids=uuid.uuid4)
    for step in steps.split():
        case = case.then(step, minutes=0)
    return case


def document(one: Sealed) -> Document:
    """As the case store writes it."""
    entry = one.entry
    envelope = {"case_id": entry.case_id, "seq": entry.seq, "type": entry.type, "at": entry.at}
    return {"_id": entry.id, **envelope, "body": Binary(one.body), "hash": Binary(one.hash)}


_PUBLIC = ("mongo_uri", "mongo_user", "mongo_database", "kafka_bootstrap", "kafka_user")


def settings_of(servers: RunningServers, **more: Any) -> Settings:
    """The administrators' settings; `more` replaces some of them."""
    usual: dict[str, Any] = {
        "service": "relay",
        "mongo_uri": f"{servers.mongo_address}&authSource=admin",
        "mongo_user": servers.mongo_user,
        "mongo_password": servers.mongo_password,
        "kafka_bootstrap": servers.kafka_bootstrap,
        "kafka_user": servers.kafka_user,
        "kafka_password": servers.kafka_password,
    }
    return Settings(**(usual | more))


async def _read(consumer: Any, topic: str, begins: Sequence[int], ends: Sequence[int]) -> Any:
    waiting = {
        TopicPartition(topic, number): end
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True))
        if end > begin
    }
    consumer.assign(list(waiting))
    for partition in waiting:
        consumer.seek(partition, begins[partition.partition])
    while waiting:
        for partition, records in (await consumer.getmany(timeout_ms=500)).items():
            for record in records:
                yield _heard(record)
            if records and records[-1].offset + 1 >= waiting.get(partition, 0):
                waiting.pop(partition, None)


def _heard(record: Any) -> Heard:
    cloud = json.loads(record.value)
    return Heard(
        cloud.get("subject", ""), int(cloud.get("sequence", 0)), cloud["id"], record.key, record.value
    )
