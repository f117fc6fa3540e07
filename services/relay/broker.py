"""What the broker holds of our topics: ids, and the end offset of each partition."""

import asyncio
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from libs.casework.topics import CASES, VOICES
from libs.plumbing.settings import Settings
from libs.plumbing.topics import kafka_admin
from services.relay.place import TopicPlace

TOPICS = (CASES, *VOICES)
REJECTED = "banjie.relay.rejected"


class Broker:
    """Asks over one connection, in a thread; opened when first needed, anew after an error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin: Any = None
        self._one_at_a_time = Lock()

    async def look(self) -> Mapping[str, TopicPlace]:
        """Those of our topics that exist now, the rejected one too. Raises kafka-python's `KafkaError` when the broker is away."""
        return await asyncio.to_thread(self._looked)

    async def close(self) -> None:
        """Disconnect."""
        await asyncio.to_thread(self._closed)

    def _closed(self) -> None:
        # A question whose asker was cancelled still runs: wait for its end, or its connection stays open.
        with self._one_at_a_time:
            admin, self._admin = self._admin, None
            if admin is not None:
                admin.close()

    def _looked(self) -> dict[str, TopicPlace]:
        with self._one_at_a_time:
            if self._admin is None:
                self._admin = kafka_admin(self._settings)
            try:
                return self._found()
            except Exception:
                admin, self._admin = self._admin, None
                admin.close()
                raise

    def _found(self) -> dict[str, TopicPlace]:
        described = self._admin.describe_topics([*TOPICS, REJECTED])
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
