"""Where refused and parked records go: `<door topic>.rejected`, or `banjie.<service>.rejected` for the voices.

A rejection is JSON: {id, service, topic, partition, offset, key, at, code, detail, field, allowed, attempts,
original}; `original` is the record's value in base64, `at` in µs UTC, `id` the same however often it is sent.
"""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Protocol

from libs.plumbing.clock import now_us
from libs.plumbing.kafka import Headers
from libs.plumbing.records import Record
from libs.plumbing.telemetry import counter

SUFFIX = ".rejected"
rejected = counter("records_rejected", "Records refused or parked", "code")


class Sends(Protocol):
    """What rejections need of a publisher."""

    async def put(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> None: ...
    async def flush(self) -> None: ...


def rejection_topic(topic: str, service: str) -> str:
    """A door (`banjie.reports.<publisher>`) has its own; a voice (`banjie.intake`) shares the listener's."""
    return f"{topic}{SUFFIX}" if topic.count(".") > 1 else f"banjie.{service}{SUFFIX}"


class Rejections:
    """Sends rejections; the worker settles them before it acknowledges the batch."""

    def __init__(
        self, service: str, publisher: Sends, topic_of: Callable[[str, str], str] = rejection_topic
    ) -> None:
        self._service = service
        self._publisher = publisher
        self._topic_of = topic_of

    async def reject(
        self,
        record: Record,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        allowed: Sequence[str] = (),
        attempts: int = 1,
    ) -> None:
        """Refuse a record: code and detail say why, field and allowed help its sender. Never quotes its words."""
        document = {
            "id": f"{self._service}:{record.place}",
            "service": self._service,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key.decode("utf-8", "replace") if record.key is not None else None,
            "at": now_us(),
            "code": code,
            "detail": detail,
            "field": field,
            "allowed": list(allowed),
            "attempts": attempts,
            "original": base64.b64encode(record.value).decode(),
        }
        value = json.dumps(document, ensure_ascii=False).encode()
        await self._publisher.put(self._topic_of(record.topic, self._service), record.key, value)
        rejected.labels(self._service, code).inc()

    async def park(self, record: Record, reason: str, attempts: int) -> None:
        """Put aside a record that killed or hung the process, and wait until the broker has it."""
        await self.reject(record, "parked", reason, attempts=attempts)
        await self.settle()

    async def settle(self) -> None:
        """Wait until every rejection is acknowledged; raises when the broker is away."""
        await self._publisher.flush()
