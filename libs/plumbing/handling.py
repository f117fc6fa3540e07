"""From a batch to its outcome: try, wait for what is away, set aside what kills or hangs. Nothing is raised."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import NoReturn, Protocol, TypeVar

from libs.plumbing.attempts import Past
from libs.plumbing.backoff import Backoff
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.ends import UNEXPECTED, hard_exit
from libs.plumbing.logs import logger
from libs.plumbing.records import Handler, Record
from libs.plumbing.telemetry import SIZES, counter, histogram

OnParked = Callable[[Record, str], Awaitable[None]]
Answer = TypeVar("Answer")
PROBE_S = 3.0
log = logger(__name__)
handled = counter("records_handled", "Records whose handling came to an end")
parked = counter("records_parked", "Records set aside after they killed or hung the process")
batch_size = histogram("batch_records", "Records in a batch", buckets=SIZES)
handler_seconds = histogram("handler_seconds", "Seconds in the handler, a batch")


class Counts(Protocol):
    """What handling needs of `Attempts`."""

    async def past(self, records: Sequence[Record]) -> list[Past]: ...
    async def begin_all(self, records: Sequence[Record]) -> None: ...
    async def done_all(self, records: Sequence[Record]) -> None: ...
    async def begin(self, record: Record) -> Past: ...
    async def done(self, record: Record) -> None: ...
    async def reachable(self) -> None: ...


class SetsAside(Protocol):
    """What handling needs of `Rejections`."""

    async def park(self, record: Record, reason: str, attempts: int) -> None: ...
    async def settle(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a handler may take, and how many deaths park a record."""

    handler_s: float = 30.0
    deaths_to_park: int = 3


class Handling:
    """Handles batches of one route. Of the first `careful` records each attempt is counted before it."""

    def __init__(
        self,
        service: str,
        handler: Handler,
        attempts: Counts,
        rejections: SetsAside,
        *,
        limits: Limits,
        careful: int = 0,
        on_parked: OnParked | None = None,
        end: Callable[[int], NoReturn] = hard_exit,
    ) -> None:
        self._service, self._handler = service, handler
        self._attempts, self._rejections = attempts, rejections
        self._limits, self._careful = limits, careful
        self._on_parked, self._end = on_parked, end
        self.waiting = False
        """Whether something that we need is away."""
        self.ended = 0
        """Records brought to their end since the start."""
        self.alone: Record | None = None
        """The record that is being handled by itself: whom to blame when the loop is stuck."""

    async def handle(self, batch: Sequence[Record]) -> None:
        """Bring each record to its end: handled, refused by the handler, or parked."""
        careful, free = batch[: self._careful], batch[self._careful :]
        self._careful -= len(careful)
        if careful:
            await self._carefully(careful)
        if free:
            await self._together(free)

    async def _carefully(self, batch: Sequence[Record]) -> None:
        """In order; what was in hand at a death before goes alone, the rest together, each attempt counted before."""
        past = await self._surely(lambda: self._attempts.past(batch))
        suspect = [each.deaths > 0 or each.hung for each in past]
        for alone, group in groupby(zip(suspect, batch, strict=True), key=itemgetter(0)):
            records = [record for _, record in group]
            if alone:
                for record in records:
                    await self._one(record)
            else:
                await self._counted(records)

    async def _counted(self, records: Sequence[Record]) -> None:
        await self._surely(lambda: self._attempts.begin_all(records))
        await self._together(records)
        await self._surely(lambda: self._attempts.done_all(records))

    async def _together(self, batch: Sequence[Record]) -> None:
        if not await self._hung(batch):
            self._count(len(batch))
            return
        # One of them hangs; alone, each has the whole limit to itself.
        log.warning("batch_hung", records=len(batch), limit_s=self._limits.handler_s)
        for record in batch:
            await self._one(record)

    def _count(self, records: int) -> None:
        self.ended += records
        handled.labels(self._service).inc(records)

    async def _one(self, record: Record) -> None:
        past = await self._surely(lambda: self._attempts.begin(record))
        self.alone = record
        if past.hung:
            await self._park(record, "its handling blocked the process", past.deaths + 1)
        elif past.deaths >= self._limits.deaths_to_park - 1:
            await self._park(record, "the process died each time it was handled", past.deaths + 1)
        elif await self._hung([record]):
            await self._park(record, f"its handling took over {self._limits.handler_s:g} s", past.deaths + 1)
        await self._surely(lambda: self._attempts.done(record))
        self.alone = None
        self._count(1)

    async def _park(self, record: Record, reason: str, attempts: int) -> None:
        log.error("record_parked", place=record.place, reason=reason, attempts=attempts)
        await self._surely(lambda: self._rejections.park(record, reason, attempts))
        parked.labels(self._service).inc()
        if self._on_parked is None:
            return
        try:
            await self._on_parked(record, reason)
        except Exception as error:
            # The record is safe in the rejection topic; dying here would only park it again.
            log.error("on_parked_failed", place=record.place, exc_info=error)

    async def _hung(self, batch: Sequence[Record]) -> bool:
        """Handle, again and again while something is away. True when the handler took longer than the limit."""
        backoff = Backoff()
        while True:
            try:
                async with asyncio.timeout(self._limits.handler_s) as limit:
                    await self._timed(batch)
                await self._rejections.settle()
                self.waiting = False
                return False
            except Exception as error:
                if limit.expired() and isinstance(error, TimeoutError):
                    if await self._database_answers():
                        return True
                elif not dependency_away(error):
                    self._die(error, batch)
                await self._pause(backoff, error)

    async def _timed(self, batch: Sequence[Record]) -> None:
        started = perf_counter()
        await self._handler(batch)
        handler_seconds.labels(self._service).observe(perf_counter() - started)
        batch_size.labels(self._service).observe(len(batch))

    async def _database_answers(self) -> bool:
        # A stopped database makes every handler slow; no record is to blame for that.
        try:
            async with asyncio.timeout(PROBE_S):
                await self._attempts.reachable()
        except Exception as error:
            log.warning("database_silent", error=type(error).__name__)
            return False
        return True

    async def _surely(self, act: Callable[[], Awaitable[Answer]]) -> Answer:
        backoff = Backoff()
        while True:
            try:
                answer = await act()
                self.waiting = False
                return answer
            except Exception as error:
                if not dependency_away(error):
                    self._die(error, ())
                await self._pause(backoff, error)

    async def _pause(self, backoff: Backoff, error: Exception) -> None:
        self.waiting = True
        wait = backoff.wait()
        log.warning("waiting_for_dependency", error=type(error).__name__, wait_s=round(wait, 2))
        await asyncio.sleep(wait)

    def _die(self, error: Exception, batch: Sequence[Record]) -> NoReturn:
        first = batch[0].place if batch else ""
        log.critical("handler_failed", records=len(batch), first=first, exc_info=error)
        self._end(UNEXPECTED)
