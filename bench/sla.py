"""The monitor alone, on a real MongoDB: deadlines in the same second, single ones, catching up. One JSON document on stdout.

`python -m bench.sla [--cases 10000] [--singles 200] [--rows 1000000] [--down 50000]`. `--rows` puts so many open clocks of other
cases beside, `--down` is how many fell due while nobody watched. It starts servers of its own. The load average beside the
figures says how much of the machine others were using.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from bench.numbers import percentile
from bench.store import bulk, opening
from libs.casestore.migrations import migrate
from libs.casestore.schema import SLA_NEXT
from libs.casestore.store import CaseStore
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.running import running_servers
from libs.plumbing.heap import settle_heap
from services.sla.app import reference
from services.sla.firing import Firing
from services.sla.handlers import row_of
from services.sla.rows import Rows
from services.sla.rules import ahead
from services.sla.state import State

NAME = "bench_sla"
SECOND, DAY = 1_000_000, 24 * 3600 * 1_000_000
"""The limit of a response in the shipped policies: a day around the clock."""
BREACHED = "deadline_breached.v1"
BEGAN = 1_764_032_400_000_000
"""2025-11-25 09:00 in Datong, µs UTC: when the cases are reported."""


class Clock:
    """Stands at `stands` (µs UTC) while there is one, else goes on from where it was set."""

    def __init__(self, stands: int) -> None:
        self.stands: int | None = stands
        self._offset = 0

    def __call__(self) -> int:
        return now_us() + self._offset if self.stands is None else self.stands

    def go_from(self, instant: int) -> None:
        self._offset, self.stands = instant - now_us(), None


class Bench:
    """Cases, their rows, and one that fires."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self.database, self.clock, self.data = database, Clock(BEGAN), reference()
        self.store = CaseStore(database, clock=self.clock)
        self.rows = Rows(database, self.data.version)
        self.firing = Firing(self.store, self.rows, self.data, self.clock, State())

    async def reported(self, number: int, at: int, apart: int = 0) -> list[UUID]:
        """So many cases at one instant, or `apart` µs from each other, with their rows."""
        ids = [uuid7() for _ in range(number)]
        self.clock.stands = at
        if apart:
            for each in ids:
                await bulk(self.store, [opening(each)])
                self.clock.stands += apart
        else:
            await bulk(self.store, [opening(each) for each in ids])
        for begin in range(0, number, 500):
            await self._watch(ids[begin : begin + 500])
        return ids

    async def fire_until(self, last: int) -> float:
        """Fire as the monitor does until nothing is due up to `last` (µs UTC); seconds since then."""
        while (at := await self.rows.next_at()) is not None and at <= last + 1:
            if not await self.firing.once() and not await self.firing.think():
                await asyncio.sleep(min(max((at - self.clock()) / SECOND, 0.0), 0.25))
        return (self.clock() - last) / SECOND

    async def quiet(self, instant: int) -> None:
        """Say all that was due before."""
        self.clock.stands = instant
        while await self.firing.once():
            pass

    async def lateness(self, due: int, ids: Sequence[UUID]) -> list[float]:
        """ms from each deadline to the stamp of its breach."""
        logs = await self.store.logs(ids)
        last: list[Any] = [log[-1] for log in logs.values()]
        assert {entry.type for entry in last} == {BREACHED}
        return sorted((entry.at - entry.data.due_at) / 1000 for entry in last)

    async def _watch(self, ids: Sequence[UUID]) -> None:
        logs = await self.store.logs(ids)
        await self.rows.put([row_of(each, log[-1].seq, ahead(log, self.data)) for each, log in logs.items()])


def main() -> None:
    # What the servers log goes beside the document.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--cases", type=int, default=10_000)
    wishes.add_argument("--singles", type=int, default=200)
    wishes.add_argument("--rows", type=int, default=1_000_000)
    wishes.add_argument("--down", type=int, default=50_000)
    asked = wishes.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder) / "data") as servers:
        figures = asyncio.run(measure(servers.mongo_uri, asked))
    print(json.dumps(figures, indent=1))


async def measure(uri: str, asked: argparse.Namespace) -> dict[str, Any]:
    async with AsyncMongoClient[dict[str, Any]](uri, uuidRepresentation="standard") as client:
        await migrate(client[NAME])
        bench = Bench(client[NAME])
        await bench.store.start()
        await beside(client[NAME], asked.rows)
        settle_heap()
        figures = {
            "start_s": await start(client[NAME]),
            "load_before": os.getloadavg()[0],
            "rows_beside": asked.rows,
            "singles": await singles(bench, asked.singles),
            "same_second": await same_second(bench, asked.cases),
            "catching_up": await catching_up(bench, asked.down),
            "memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "load_after": os.getloadavg()[0],
        }
        await bench.store.stop()
        return figures


async def start(database: AsyncDatabase[dict[str, Any]]) -> float:
    """Seconds until a new monitor knows what is due next: its data read, its first look taken."""
    begin = perf_counter()
    new = Bench(database)
    await new.firing.once()
    await new.rows.next_at()
    return round(perf_counter() - begin, 2)


async def beside(database: AsyncDatabase[dict[str, Any]], number: int) -> None:
    """Rows of cases that are due much later."""
    for begin in range(0, number, 10_000):
        rows = [
            {"_id": uuid7(), "seq": 1, "at": BEGAN + 400 * DAY + begin + each, "what": "response:1:1"}
            for each in range(10_000)
        ]
        await database[SLA_NEXT].insert_many(rows, ordered=False)


async def singles(bench: Bench, number: int) -> dict[str, Any]:
    """Deadlines 50 ms apart."""
    ids = await bench.reported(number, BEGAN, apart=50_000)
    await bench.quiet(BEGAN + DAY - 1)
    bench.clock.go_from(BEGAN + DAY - SECOND)
    await bench.fire_until(BEGAN + DAY + number * 50_000)
    return quantiles(await bench.lateness(BEGAN + DAY, ids))


async def same_second(bench: Bench, number: int) -> dict[str, Any]:
    """So many deadlines at one instant: until all are in the log."""
    began = BEGAN + 2 * DAY
    ids = await bench.reported(number, began)
    await bench.quiet(began + DAY - 1)
    bench.clock.go_from(began + DAY - 20 * SECOND)
    took = await bench.fire_until(began + DAY)
    return {"cases": number, "all_in_the_log_s": round(took, 2)} | quantiles(
        await bench.lateness(began + DAY, ids)
    )


async def catching_up(bench: Bench, number: int) -> dict[str, Any]:
    """So many whose warnings and breach all fell into a time down."""
    began = BEGAN + 5 * DAY
    await bench.reported(number, began)
    begin = perf_counter()
    await bench.quiet(began + DAY + 3600 * SECOND)
    took = perf_counter() - begin
    return {"cases": number, "seconds": round(took, 1), "sayings_a_second": round(3 * number / took)}


def quantiles(late_ms: Sequence[float]) -> dict[str, float]:
    return {
        "p50_ms": round(percentile(late_ms, 50), 1),
        "p99_ms": round(percentile(late_ms, 99), 1),
        "max_ms": round(late_ms[-1], 1),
    }


if __name__ == "__main__":
    main()
