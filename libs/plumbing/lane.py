"""One route through Faust: records are taken as they come, handled in batches, acknowledged in order.

Faust's own `take` waits its whole window even for a single record and starts the next only then. Here the batch is
whatever has arrived while the handler was busy. Acknowledgements go in the order of arrival, after the batch has come
to its end: acknowledged out of order, Faust can commit over a gap of one record.
"""

import asyncio
from collections import deque
from time import monotonic
from typing import Any

from libs.plumbing.handling import Handling
from libs.plumbing.records import Record, Route


class Lane:
    """The agent of one route and the task that empties its buffer."""

    def __init__(self, route: Route, handling: Handling) -> None:
        self._route = route
        self.handling = handling
        self._buffer: deque[tuple[Any, Any]] = deque()
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._busy = asyncio.Lock()
        self._closing = False
        self.next_offsets: dict[tuple[str, int], int] = {}

    async def agent(self, stream: Any) -> None:
        """The Faust agent: puts events into the buffer, never raises, never acknowledges."""
        stream = stream.noack()
        async for event in stream.events():
            self._buffer.append((stream, event))
            self._arrived.set()
            if len(self._buffer) >= self._route.most * 2:
                self._room.clear()
                await self._room.wait()

    async def finish(self) -> None:
        """Take nothing more; return when the batch in hand has come to its end."""
        self._closing = True
        async with self._busy:
            pass

    async def run(self) -> None:
        """Handle batches until closed."""
        while not self._closing:
            await self._batch_is_there()
            next_at = monotonic() + self._route.apart
            async with self._busy:
                await self._next_batch()
            await asyncio.sleep(next_at - monotonic())

    async def _next_batch(self) -> None:
        if not self._closing:
            taken = [self._buffer.popleft() for _ in range(min(len(self._buffer), self._route.most))]
            self._room.set()
            await self.handling.handle([_record(event) for _, event in taken])
            for stream, event in taken:
                await stream.ack(event)
                message = event.message
                self.next_offsets[message.topic, message.partition] = message.offset + 1

    async def _batch_is_there(self) -> None:
        if self._buffer:
            return
        self._arrived.clear()
        await self._arrived.wait()
        if len(self._buffer) < self._route.most and self._route.within:
            await asyncio.sleep(self._route.within)


def _record(event: Any) -> Record:
    message = event.message
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value or b"",
        headers=dict(event.headers or {}),
        timestamp=int((message.timestamp or 0) * 1_000_000),
    )
