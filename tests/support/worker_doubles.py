"""Stand-ins for what the worker's handling asks of MongoDB and Kafka."""

from collections.abc import Sequence
from typing import NoReturn

from libs.plumbing.attempts import Past
from libs.plumbing.records import Record


class EndedError(BaseException):
    """The process would have ended here, with this code."""


def end(code: int) -> NoReturn:
    """Instead of ending the process."""
    raise EndedError(code)


class CountedAttempts:
    """Attempts in memory; `past` may be told beforehand, `failures` are raised first."""

    def __init__(self, past: dict[str, Past] | None = None, failures: Sequence[Exception] = ()) -> None:
        self._before = past or {}
        self.failures = list(failures)
        self.begun: list[str] = []
        self.open: set[str] = set()
        self.answers = True

    async def past(self, records: Sequence[Record]) -> list[Past]:
        return [self._before.get(record.place, Past(0, False)) for record in records]

    async def begin_all(self, records: Sequence[Record]) -> None:
        for record in records:
            await self.begin(record)

    async def done_all(self, records: Sequence[Record]) -> None:
        for record in records:
            await self.done(record)

    async def begin(self, record: Record) -> Past:
        if self.failures:
            raise self.failures.pop(0)
        self.begun.append(record.place)
        self.open.add(record.place)
        return self._before.get(record.place, Past(0, False))

    async def done(self, record: Record) -> None:
        self.open.discard(record.place)

    async def reachable(self) -> None:
        if not self.answers:
            self.answers = True
            raise ConnectionError


class KeptRejections:
    """Parked records in memory; `failures` are raised by the next settlings."""

    def __init__(self, failures: Sequence[Exception] = ()) -> None:
        self.parked: list[tuple[str, str, int]] = []
        self.failures = list(failures)

    async def park(self, record: Record, reason: str, attempts: int) -> None:
        self.parked.append((record.place, reason, attempts))

    async def settle(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
