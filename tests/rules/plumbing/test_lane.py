"""How a route's records become batches: in company, and no more often than the route wants."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from types import SimpleNamespace
from typing import Any

from libs.plumbing.lane import Lane
from libs.plumbing.records import Record, Route


class Stream:
    """Notes what was acknowledged."""

    def __init__(self) -> None:
        self.acked: list[int] = []

    async def ack(self, event: Any) -> None:
        self.acked.append(event.message.offset)


class Handling:
    """Notes when each batch began and how many it held."""

    def __init__(self) -> None:
        self.begun: list[tuple[float, int]] = []

    async def handle(self, batch: Sequence[Record]) -> None:
        self.begun.append((monotonic(), len(batch)))


def an_event(offset: int) -> Any:
    message = SimpleNamespace(topic="t", partition=0, offset=offset, key=None, value=b"", timestamp=0)
    return SimpleNamespace(message=message, headers={})


async def test_batches_begin_apart_and_the_next_holds_what_came_meanwhile() -> None:
    handling, stream = Handling(), Stream()

    async def unused(_: Sequence[Record]) -> None: ...

    lane = Lane(Route(("t",), unused, within=0.0, apart=0.3), handling)  # type: ignore[arg-type]
    running = asyncio.create_task(lane.run())
    for offset in range(6):
        lane._buffer.append((stream, an_event(offset)))
        lane._arrived.set()
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.4)
    running.cancel()
    (first, one), (second, rest) = handling.begun
    assert (one + rest, stream.acked) == (6, list(range(6)))
    assert second - first >= 0.29
