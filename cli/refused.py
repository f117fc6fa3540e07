"""Reading the rejection topics, and sending originals again: the Kafka side of `banjie rejected`."""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.casework.topics import REJECTED
from libs.plumbing.kafka import Publisher, check_kafka, kafka_consumer
from libs.plumbing.settings import Settings

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A rejection: where it stands (`topic/partition/offset`), what it says, and the record that was refused."""

    place: str
    document: Document

    @property
    def original(self) -> bytes:
        """The bytes as they came in."""
        return base64.b64decode(self.document["original"])

    @property
    def message_id(self) -> str | None:
        """The original's own id, which makes a replay harmless; None when it cannot be read."""
        try:
            found = json.loads(self.original).get("id")
        except (ValueError, AttributeError):
            return None
        return found if isinstance(found, str) and found else None

    @property
    def target(self) -> tuple[str, bytes | None, bytes]:
        """Topic, key and value of the record that was refused. The same message refused twice is the same target."""
        key = self.document["key"]
        return self.document["topic"], None if key is None else key.encode(), self.original


async def rejections(settings: Settings) -> list[Refused]:
    """Every rejection that the broker still has, oldest first."""
    await check_kafka(settings)
    consumer = kafka_consumer(settings)
    await consumer.start()
    try:
        topics = [name for name in await consumer.topics() if name.endswith(REJECTED)]
        found = [refused async for refused in _read(consumer, topics)]
    finally:
        await consumer.stop()
    return sorted(found, key=lambda refused: int(refused.document["at"]))


async def send_again(settings: Settings, chosen: Iterable[Refused]) -> int:
    """Send each original once to where it came from; how many. Returns when the broker has them all."""
    targets = dict.fromkeys(refused.target for refused in chosen)
    publisher = Publisher(settings)
    try:
        for topic, key, value in targets:
            await publisher.put(topic, key, value)
        await publisher.flush()
    finally:
        await publisher.stop()
    return len(targets)


async def _read(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> AsyncIterator[Refused]:
    places = [
        TopicPartition(topic, number)
        for topic in topics
        for number in consumer.partitions_for_topic(topic) or ()
    ]
    if not places:
        return
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    while any([await consumer.position(place) < ends[place] for place in places]):
        for place, records in (await consumer.getmany(timeout_ms=500)).items():
            for record in records:
                yield Refused(f"{place.topic}/{place.partition}/{record.offset}", json.loads(record.value))
