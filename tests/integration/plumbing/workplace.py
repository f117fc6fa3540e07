"""A topic, a database and the program that works on them, for one test."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition

from libs.plumbing.kafka import Publisher, kafka_consumer
from libs.plumbing.mongo import mongo_client
from libs.plumbing.settings import Settings
from libs.plumbing.topics import kafka_admin

ROOT = Path(__file__).parents[3]


class Workplace:
    """Starts and ends the worker program, sends it records, looks at what became of them."""

    def __init__(self, settings: Settings, secrets: Path) -> None:
        self.settings, self.secrets = settings, secrets
        self.topic = f"banjie.reports.{settings.service}"
        self.database = mongo_client(settings)[settings.mongo_database]
        self.publisher = Publisher(settings, linger_ms=0)
        self.log = secrets.parent / "worker.log"
        self._children: list[asyncio.subprocess.Process] = []

    def make_topics(self, *topics: str, partitions: int = 2) -> None:
        admin = kafka_admin(self.settings)
        admin.create_topics(
            {name: {"num_partitions": partitions, "replication_factor": 1} for name in topics},
            wait_for_metadata=True,
        )
        admin.close()

    def drop_topics(self, *topics: str) -> None:
        admin = kafka_admin(self.settings)
        admin.delete_topics(list(topics))
        admin.close()

    async def work(self, *topics: str, **settings: Any) -> asyncio.subprocess.Process:
        """Start the worker program; `settings` override its environment."""
        return await self.start("worker_program", *(topics or (self.topic,)), **settings)

    async def start(self, program: str, *words: str, **settings: Any) -> asyncio.subprocess.Process:
        """Start one of the programs in tests/support."""
        told = self._environment() | {
            f"BANJIE_{name.upper()}": str(value) for name, value in settings.items()
        }
        with self.log.open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", f"tests.support.{program}", *words),
                env={**os.environ, **told},
                cwd=ROOT,
                stderr=log,
            )
        self._children.append(child)
        return child

    async def send(self, *values: str, key: str = "case", topic: str | None = None) -> None:
        for value in values:
            await self.publisher.put(topic or self.topic, key.encode(), value.encode())
        await self.publisher.flush()

    async def handled(self) -> list[dict[str, Any]]:
        return await self.database["handled"].find().to_list()

    async def parked(self) -> list[dict[str, Any]]:
        return await self.database["parked"].find().to_list()

    async def rejected(self) -> list[dict[str, Any]]:
        consumer = kafka_consumer(self.settings, f"{self.topic}.rejected")
        await consumer.start()
        try:
            found = await consumer.getmany(timeout_ms=3000)
        finally:
            await consumer.stop()
        return [json.loads(record.value) for records in found.values() for record in records]

    async def committed(self) -> dict[tuple[str, int], int]:
        """The committed offset of each partition of the topic; 0 where there is none."""
        group = self.settings.service
        consumer = kafka_consumer(self.settings, group=group)
        await consumer.start()
        try:
            places = [TopicPartition(self.topic, number) for number in (0, 1)]
            return {(place.topic, place.partition): await consumer.committed(place) or 0 for place in places}
        finally:
            await consumer.stop()

    async def close(self) -> None:
        for child in self._children:
            if child.returncode is None:
                child.kill()
                await child.wait()
        await self.publisher.stop()
        await self.database.client.drop_database(self.settings.mongo_database)
        await self.database.client.close()

    def _environment(self) -> dict[str, str]:
        told = self.settings
        return {
            "BANJIE_SECRETS_DIR": str(self.secrets),
            "BANJIE_SERVICE": told.service,
            "BANJIE_MONGO_URI": told.mongo_uri,
            "BANJIE_MONGO_USER": str(told.mongo_user),
            "BANJIE_MONGO_DATABASE": told.mongo_database,
            "BANJIE_KAFKA_BOOTSTRAP": told.kafka_bootstrap,
            "BANJIE_KAFKA_USER": str(told.kafka_user),
        }


async def until(true: Callable[[], Awaitable[bool]], within: float = 25.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + within
    while not await true():
        assert time.monotonic() < end, f"not within {within} s"
        await asyncio.sleep(0.05)


async def ended(child: asyncio.subprocess.Process, within: float = 25.0) -> int:
    """The exit code, once it has ended by itself."""
    return await asyncio.wait_for(child.wait(), within)


async def stopped(child: asyncio.subprocess.Process) -> int:
    """The exit code after SIGTERM, within the five seconds that a service has."""
    child.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(child.wait(), 5)
