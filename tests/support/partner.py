"""Another system at its doors: it writes to its own topics, and reads what became of its messages."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiokafka import TopicPartition

from cli.provision_kafka import kafka_user
from libs.casework.topics import Door, door, outcomes
from libs.plumbing.kafka import Publisher, kafka_consumer
from libs.plumbing.settings import Settings

REPORT = "banjie.report.submitted.v1"


@dataclass
class Partner:
    """A publisher with its password."""

    name: str
    bootstrap: str
    password: str

    @property
    def settings(self) -> Settings:
        """How it reaches the broker, with its own user and nobody else's."""
        return Settings(
            service="partner",
            kafka_bootstrap=self.bootstrap,
            kafka_user=kafka_user(self.name),
            kafka_password=self.password,
        )

    async def send(self, kind: Door, *values: bytes, key: bytes | None = None) -> None:
        """Write records to one of its doors."""
        publisher = Publisher(self.settings, request_timeout_ms=5000)
        try:
            for value in values:
                await publisher.send(door(kind, self.name), key, value)
        finally:
            await publisher.stop()

    async def outcomes(self, at_least: int, within: float = 60.0) -> list[dict[str, Any]]:
        """What became of its messages, oldest first; waits for `at_least` of them."""
        return await self._read(lambda found: len(found) >= at_least, within)

    async def outcomes_of(
        self, message_id: str, at_least: int = 1, within: float = 60.0
    ) -> list[dict[str, Any]]:
        """What became of one message, oldest first."""
        found = await self._read(lambda found: len(_about(found, message_id)) >= at_least, within)
        return _about(found, message_id)

    async def _read(
        self, enough: Callable[[list[dict[str, Any]]], bool], within: float
    ) -> list[dict[str, Any]]:
        consumer, end = kafka_consumer(self.settings), time.monotonic() + within
        found: list[dict[str, Any]] = []
        await consumer.start()
        try:
            consumer.assign([TopicPartition(outcomes(self.name), 0)])
            while not enough(found) and time.monotonic() < end:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += [json.loads(record.value) for record in records]
        finally:
            await consumer.stop()
        assert enough(found), f"not within {within} s: {found}"
        return found

    async def heard_at_last(self, kind: Door, within: float = 60.0) -> float:
        """Wait until the workers have found the door: something senseless is refused. Seconds that it took."""
        began = time.monotonic()
        await self.send(kind, b"is anybody there")
        await self.outcomes(1, within)
        return time.monotonic() - began


def message(data: dict[str, Any], kind: str = REPORT, message_id: str | None = None, **more: Any) -> bytes:
    """A CloudEvent as a partner sends it."""
    cloud = {"specversion": "1.0", "id": message_id or str(uuid4()), "source": "/partner", "type": kind}
    return json.dumps(cloud | {"data": data} | more).encode()


def _about(found: Sequence[dict[str, Any]], message_id: str) -> list[dict[str, Any]]:
    return [each for each in found if each["data"]["message"] == message_id]


def types_of(told: Sequence[dict[str, Any]]) -> list[str]:
    """`accepted`, `duplicate` or `refused`, in order."""
    return [each["type"].split(".")[2] for each in told]
