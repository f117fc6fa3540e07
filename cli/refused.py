"""Reading the rejection topics, and sending originals again: the Kafka side of `banjie rejected`."""

import base64
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.casework.topics import REJECTED
from libs.plumbing.kafka import Publisher, check_kafka, kafka_consumer
from libs.plumbing.settings import Settings
from libs.plumbing.topics import Topics

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
    topics, consumer = Topics(settings), kafka_consumer(settings)
    await consumer.start()
    try:
        names = {name for name in await consumer.topics() if name.endswith(REJECTED)}
        ends = {TopicPartition(*place): end for place, end in (await topics.end_offsets(names)).items()}
        found = [refused async for refused in _read(consumer, ends)]
    finally:
        await consumer.stop()
        await topics.close()
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


async def _read(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> AsyncIterator[Refused]:
    if not ends:
        return
    consumer.assign(list(ends))
    await consumer.seek_to_beginning(*ends)
    while any([await consumer.position(place) < end for place, end in ends.items()]):
        for place, records in (await consumer.getmany(timeout_ms=500)).items():
            for record in records:
                yield Refused(f"{place.topic}/{place.partition}/{record.offset}", json.loads(record.value))
