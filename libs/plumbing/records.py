"""A record as it came from Kafka, and who handles which topics."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, its bytes untouched. `timestamp` in µs UTC as the broker or sender stamped it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: Mapping[str, bytes] = field(default_factory=dict)
    timestamp: int = 0

    @property
    def place(self) -> str:
        """`topic:partition:offset`: where it stands, and its identity for ever."""
        return f"{self.topic}:{self.partition}:{self.offset}"


Handler = Callable[[Sequence[Record]], Awaitable[None]]
TopicList = Callable[[], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Route:
    """Which topics go to which handler. `topics` may be asked for at start (doors come and go).

    A batch is what has arrived when the handler is free, at most `most`; after a quiet moment the first record
    waits `within` seconds for company. Batches hold each partition's records in order, and begin at least `apart` seconds
    after one another: for who only needs to know what has changed by now.
    """

    topics: tuple[str, ...] | TopicList
    handler: Handler
    most: int = 500
    within: float = 0.002
    apart: float = 0.0

    async def listening(self) -> tuple[str, ...]:
        """The topics to listen to now."""
        return await self.topics() if callable(self.topics) else self.topics
