"""Readable case numbers, one series an office and month: `YB-2611-00042`. Unique, rising, and without gaps of our making.

A missing number looks like a case that was made to disappear, so nobody keeps a stock of them: each call takes what it
needs, outside of any transaction (a counter inside every transaction was measured at a tenth of the throughput), and calls
that come while one is under way share the next. A report that comes twice, or whose commit fails, leaves its number unused.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pymongo import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

Asked = tuple[int, "asyncio.Future[range]"]


class CaseNumbers:
    """Hands out numbers for offices by their prefix. `zone` decides when a month begins."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], zone: str, clock: Callable[[], int]) -> None:
        self._counters = database["numbers"]
        self._zone, self._clock = ZoneInfo(zone), clock
        self._asked: dict[str, list[Asked]] = {}
        self._taking: dict[str, asyncio.Task[None]] = {}

    async def take(self, prefix: str, count: int = 1) -> list[str]:
        """The next `count` numbers of a prefix such as `YB`. Raises the driver's error when the database is away."""
        series = f"{prefix}-{self._month()}"
        answer: asyncio.Future[range] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(series, []).append((count, answer))
        if series not in self._taking:
            self._taking[series] = asyncio.create_task(self._take_for_all(series))
        return [f"{series}-{number:05d}" for number in await answer]

    async def _take_for_all(self, series: str) -> None:
        while asked := self._asked.pop(series, []):
            try:
                last = await self._raised(series, sum(count for count, _ in asked))
            except Exception as error:
                _fail(asked, error)
            else:
                _hand_out(asked, last)
        del self._taking[series]

    async def _raised(self, series: str, by: int) -> int:
        counter = await self._counters.find_one_and_update(
            {"_id": series}, {"$inc": {"last": by}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int((counter or {})["last"])

    def _month(self) -> str:
        return datetime.fromtimestamp(self._clock() / 1_000_000, self._zone).strftime("%y%m")


def _hand_out(asked: Sequence[Asked], last: int) -> None:
    """In the order of asking, up to `last`."""
    following = last - sum(count for count, _ in asked) + 1
    for count, answer in asked:
        if not answer.done():
            answer.set_result(range(following, following + count))
        following += count


def _fail(asked: Sequence[Asked], error: Exception) -> None:
    for _, answer in asked:
        if not answer.done():
            answer.set_exception(error)
