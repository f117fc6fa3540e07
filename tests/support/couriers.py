"""Producers that begin anew after any error: after its data was lost, a broker does not know an old producer any more."""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaError

from libs.plumbing.kafka import kafka_producer
from libs.plumbing.settings import Settings

AWAY = (KafkaError, TimeoutError, OSError)


class Courier:
    """Sends for one publisher and promises nothing: who wants to be sure sends again until there is an outcome."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: Any = None

    async def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Hand it over, or lose it and begin anew."""
        try:
            producer = await self._started()
            async with asyncio.timeout(5):
                sent = await producer.send(topic, value, key)
            sent.add_done_callback(lambda done: self._look(producer, done))
        except AWAY:
            await self.stop()
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Drop the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await stopped(producer)

    async def _started(self) -> Any:
        if self._producer is None:
            self._producer = kafka_producer(self._settings)
            await self._producer.start()
        return self._producer

    def _look(self, producer: Any, done: "asyncio.Future[Any]") -> None:
        if not done.cancelled() and done.exception() and self._producer is producer:
            self._producer = None
            self._dropping = asyncio.ensure_future(stopped(producer))


async def stopped(client: Any) -> None:
    """Stop an aiokafka client, which may end in its own tasks' cancellation, or wait long for a broker that is away."""
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping}, timeout=3)
    stopping.cancel()
    with suppress(asyncio.CancelledError, *AWAY):
        await stopping
