"""Follow `banjie.cases` as a partner would: batches with aiokafka, one call for each event."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from pydantic_core import from_json

from libs.casework.topics import CASES
from libs.plumbing.kafka import kafka_consumer
from libs.plumbing.settings import Settings

PREFIX = len("banjie.case.")
OnEvent = Callable[[str, str, float], Any]
"""Case id, event name such as `filed.v1`, and when it was seen (seconds, monotonic)."""


class News:
    """Reads from now on; calls `on_event` for each event in the order of the topic."""

    def __init__(self, settings: Settings, on_event: OnEvent) -> None:
        self._consumer = kafka_consumer(
            settings, CASES, group=None, auto_offset_reset="latest", fetch_max_wait_ms=20
        )
        self._on_event = on_event
        self.task: asyncio.Task[None] | None = None
        self.events = 0

    async def start(self) -> None:
        """Begin at the end of the topic."""
        await self._consumer.start()
        await self._consumer.seek_to_end()
        for partition in self._consumer.assignment():
            await self._consumer.position(partition)
        self.task = asyncio.create_task(self._read())

    async def stop(self) -> None:
        """Stop; raises what went wrong in a call."""
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self._consumer.stop()

    async def _read(self) -> None:
        while True:
            batches = await self._consumer.getmany(timeout_ms=1000)
            now = perf_counter()
            for records in batches.values():
                self.events += len(records)
                for record in records:
                    cloud = from_json(record.value)
                    self._on_event(cloud["subject"], cloud["type"][PREFIX:], now)
