"""The Kafka doors as another system uses them: it sends, hears what became of each message, and follows `banjie.cases`."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from cli.demo.http_door import AGAIN_S, Stuck
from cli.demo.script import System
from libs.casework.topics import CASES, PARTITIONS, REJECTED, Door, door, outcomes
from libs.plumbing.kafka import KafkaRefusedError, Publisher, check_kafka, kafka_consumer
from libs.plumbing.settings import Settings

SEND_AGAIN_S = 8.0
Cloud = dict[str, Any]
Found = TypeVar("Found")


class KafkaDoor:
    """One system with its own user; `start` it, and it hears everything from then on."""

    def __init__(self, system: System, settings: Settings, patience_s: float) -> None:
        self._name, self._settings, self._patience_s = system.name, settings, patience_s
        rejected = [door(kind, system.name) + REJECTED for kind in system.doors]
        places = [TopicPartition(topic, 0) for topic in (outcomes(system.name), *rejected)]
        cases = [TopicPartition(CASES, number) for number in range(PARTITIONS)]
        self._places = places + (cases if system.reads_cases else [])
        self._publisher = Publisher(settings, request_timeout_ms=5000)
        self._consumer: AIOKafkaConsumer | None = None
        self._listening: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self._outcomes: dict[str, Cloud] = {}
        self._rejections: dict[str, Cloud] = {}
        self._cases: dict[str, list[Cloud]] = defaultdict(list)

    async def start(self) -> None:
        """Begin to listen; a user that was just made is known to the broker a moment later. Raises `Stuck`."""
        await self._surely(lambda: check_kafka(self._settings))
        self._consumer = kafka_consumer(self._settings)
        await self._consumer.start()
        self._consumer.assign(self._places)
        await self._consumer.seek_to_end(*self._places)
        for place in self._places:
            await self._consumer.position(place)
        self._listening = asyncio.create_task(self._listen(self._consumer))

    async def stop(self) -> None:
        """Hang up."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._consumer:
            await self._consumer.stop()
        await self._publisher.stop()

    async def send(self, kind: Door, cloud: Cloud) -> Cloud:
        """What became of the message: the data of its outcome. Sent again under its id while nobody answers."""
        value, end = json.dumps(cloud, ensure_ascii=False).encode(), time.monotonic() + self._patience_s
        while time.monotonic() < end:
            await self._put(kind, value)
            with suppress(TimeoutError):
                return await self._once(lambda: self._outcomes.get(cloud["id"]), SEND_AGAIN_S)
        raise Stuck(f"no outcome on {outcomes(self._name)} for {cloud['type']}")

    async def refusal(self, kind: Door, cloud: Cloud) -> Cloud:
        """How a message was refused: its entry on the rejection topic, with reason and original."""
        told = await self.send(kind, cloud)
        if "code" not in told:
            raise Stuck(f"the message was taken, and should have been refused: {told}")
        topic, partition, offset = told["place"].rsplit("/", 2)
        place = f"{topic}:{partition}:{offset}"
        return await self._in_time(lambda: self._rejections.get(place), f"nothing on {topic}{REJECTED}")

    async def heard(self, case_id: str, event: str) -> list[Cloud]:
        """All that `banjie.cases` told of a case up to an event such as `closed`."""
        last = f"banjie.case.{event}.v1"
        news = self._cases[case_id]
        found = await self._in_time(
            lambda: news if any(cloud["type"] == last for cloud in news) else None,
            f"{event} is not on {CASES}",
        )
        return list(found)

    async def _put(self, kind: Door, value: bytes) -> None:
        await self._surely(lambda: self._publisher.send(door(kind, self._name), None, value))

    async def _surely(self, act: Callable[[], Any]) -> None:
        end = time.monotonic() + self._patience_s
        while True:
            try:
                await act()
                return
            except (KafkaError, KafkaRefusedError) as error:
                if time.monotonic() > end:
                    raise Stuck(f"Kafka does not answer {self._name} ({type(error).__name__})") from None
            await asyncio.sleep(AGAIN_S)

    async def _listen(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for place, records in (await consumer.getmany(timeout_ms=1000)).items():
                for record in records:
                    self._sort(place.topic, json.loads(record.value))
            async with self._news:
                self._news.notify_all()

    def _sort(self, topic: str, told: Cloud) -> None:
        if topic == CASES:
            self._cases[told["subject"]].append(told)
        elif topic.endswith(REJECTED):
            self._rejections[f"{told['topic']}:{told['partition']}:{told['offset']}"] = told
        elif told["data"]["message"]:
            self._outcomes[told["data"]["message"]] = told["data"]

    async def _in_time(self, look: Callable[[], Found | None], missing: str) -> Found:
        try:
            return await self._once(look, self._patience_s)
        except TimeoutError:
            raise Stuck(f"{missing} after {self._patience_s:g} s") from None

    async def _once(self, look: Callable[[], Found | None], within: float) -> Found:
        async with asyncio.timeout(within), self._news:
            while (found := look()) is None:
                await self._news.wait()
            return found
