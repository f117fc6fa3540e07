"""What the broker holds of our topics: ids, and the end offset of each partition."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from libs.casework.topics import CASES, VOICES
from libs.plumbing.settings import Settings
from libs.plumbing.topics import kafka_admin
from services.relay.place import TopicPlace

TOPICS = (CASES, *VOICES)


class Broker:
    """Asks over one connection, in a thread; opened when first needed, anew after an error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin: Any = None

    async def look(self) -> Mapping[str, TopicPlace]:
        """Those of our topics that exist now. Raises kafka-python's `KafkaError` when the broker is away."""
        try:
            return await asyncio.to_thread(self._looked)
        except Exception:
            await self.close()
            raise

    async def close(self) -> None:
        """Disconnect."""
        admin, self._admin = self._admin, None
        if admin is not None:
            await asyncio.to_thread(admin.close)

    def _looked(self) -> dict[str, TopicPlace]:
        if self._admin is None:
            self._admin = kafka_admin(self._settings)
        described = self._admin.describe_topics(list(TOPICS))
        there = {str(topic["name"]): topic for topic in described if not topic["error_code"]}
        partitions = {name: range(len(topic["partitions"])) for name, topic in there.items()}
        ends = self._ends((name, number) for name, numbers in partitions.items() for number in numbers)
        return {
            name: TopicPlace(str(topic["topic_id"]), tuple(ends[name, number] for number in partitions[name]))
            for name, topic in there.items()
        }

    def _ends(self, partitions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        wanted = {TopicPartition(*partition): OffsetSpec.LATEST for partition in partitions}
        found = self._admin.list_partition_offsets(wanted) if wanted else {}
        return {(partition.topic, partition.partition): place.offset for partition, place in found.items()}
