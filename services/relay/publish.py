"""Publishing in order per case: a whole batch of news goes out together, and the next only after all of it arrived."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from libs.casework.news import News
from libs.plumbing.kafka import kafka_producer
from libs.plumbing.settings import Settings
from services.relay.place import TopicPlace

BATCH_BYTES = 512 * 1024
Target = tuple[str, int]


class BrokerEmptied(Exception):
    """Topics (`names`) that no longer hold what they acknowledged."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names = names


class NewsPublisher:
    """One producer, and what each partition has acknowledged. After any error: stop it, start it again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: Any = None
        self._ends: dict[str, list[int]] = {}
        self._turn = asyncio.Lock()

    async def start(self, topics: Mapping[str, TopicPlace]) -> None:
        """Connect. `topics` as the broker has them now. Raises aiokafka's `KafkaError` when it is away."""
        await self.stop()
        self._ends = {name: list(topic.ends) for name, topic in topics.items()}
        self._producer = kafka_producer(self._settings, max_batch_size=BATCH_BYTES, linger_ms=0)
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect; what was not acknowledged may or may not arrive."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    def ends(self) -> dict[str, tuple[int, ...]]:
        """For each topic and partition the offset after the last acknowledged record."""
        return {name: tuple(ends) for name, ends in self._ends.items()}

    async def publish(self, news: Sequence[News], only: frozenset[str] | None = None) -> int:
        """Publish and wait for all acknowledgements; the number of records. `only`: on these topics alone.

        Raises `KafkaError`, after which some of it may have arrived; `BrokerEmptied`.
        """
        async with self._turn:
            return await self._published(self._batches(news, only))

    async def _published(self, batches: Mapping[Target, Sequence[BatchBuilder]]) -> int:
        waiting = []
        for (topic, partition), builders in batches.items():
            for builder in builders:
                sent = await self._producer.send_batch(builder, topic, partition=partition)
                waiting.append((sent, builder.record_count()))
        results = await asyncio.gather(*(sent for sent, _ in waiting), return_exceptions=True)
        for result, (_, count) in zip(results, waiting, strict=True):
            self._acknowledged(result, count)
        return sum(count for _, count in waiting)

    def _batches(self, news: Iterable[News], only: frozenset[str] | None) -> dict[Target, list[BatchBuilder]]:
        batches: dict[Target, list[BatchBuilder]] = defaultdict(list)
        for one in news:
            key, spread = _key(one.case_id)
            for topic in one.topics:
                if only is None or topic in only:
                    target = (topic, spread % len(self._ends[topic]))
                    self._append(batches[target], one.at // 1000, key, one.value)
        return batches

    def _append(self, builders: list[BatchBuilder], at_ms: int, key: bytes, value: bytes) -> None:
        if builders and builders[-1].append(timestamp=at_ms, key=key, value=value):
            return
        builders.append(self._producer.create_batch())
        builders[-1].append(timestamp=at_ms, key=key, value=value)

    def _acknowledged(self, result: Any, count: int) -> None:
        if isinstance(result, BaseException):
            raise result
        ends = self._ends[result.topic]
        if result.offset < 0:
            return  # the broker had it already and no longer knows where
        if result.offset < ends[result.partition]:
            raise BrokerEmptied(result.topic)
        ends[result.partition] = result.offset + count


@lru_cache(maxsize=65536)
def _key(case_id: str) -> tuple[bytes, int]:
    """The record's key and what Kafka's own clients would spread it by."""
    key = case_id.encode()
    return key, murmur2(key) & 0x7FFFFFFF
