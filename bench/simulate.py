"""A month under another policy, on a real MongoDB: cases simulated a second. One JSON document on stdout.

`python -m bench.simulate [--cases 10000] [--workers 1]`. Each case has eleven entries, from report to closed. It starts servers of
its own. The load average beside the figures says how much of the machine others were using.
"""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient
from uuid_utils.compat import uuid7

from bench.store import bulk, living, noting, opening
from libs.casestore.migrations import migrate
from libs.casestore.period import Cases, ask
from libs.casestore.processes import Where
from libs.casestore.store import CaseStore
from libs.casework.deadlines.simulating import Period, Simulation
from libs.plumbing.embedded.running import running_servers
from services.sla.app import reference

NAME = "bench_simulate"
BEGAN, HOUR, MINUTE = 1_793_930_400_000_000, 3_600_000_000, 60_000_000
"""2026-11-06 10:00 in Datong, µs UTC: when the first case is reported."""


class Clock:
    """Stands at `now` (µs UTC)."""

    now = BEGAN

    def __call__(self) -> int:
        return self.now


async def plant(uri: str, number: int) -> None:
    """Cases of one day; hours lie between their steps."""
    async with AsyncMongoClient[dict[str, Any]](uri, uuidRepresentation="standard") as client:
        await migrate(client[NAME])
        clock = Clock()
        store = CaseStore(client[NAME], clock=clock)
        await store.start()
        ids = [uuid7() for _ in range(number)]
        for begin in range(0, number, 1000):
            clock.now = BEGAN + begin // 1000 * MINUTE
            await lived(store, clock, ids[begin : begin + 1000])
        await store.stop()


async def lived(store: CaseStore, clock: Clock, ids: Sequence[UUID]) -> None:
    await bulk(store, [opening(each) for each in ids])
    steps = [living(each) for each in ids]
    for turn in range(3):
        clock.now += 3 * HOUR
        await bulk(store, [step[turn] for step in steps])
        if turn == 0:
            await bulk(store, [noting(each, f"n{each}") for each in ids])


def simulated(uri: str, workers: int) -> dict[str, float]:
    data = reference()
    period = Period(BEGAN - HOUR, BEGAN + 30 * 24 * HOUR)
    simulation = Simulation(data.policies, data.policies.alone("2026-11"), data.calendars, period)
    began = perf_counter()
    answer = ask(Where(uri, {}, NAME), Cases(*period), simulation, workers, lambda more: None)
    took = perf_counter() - began
    return {
        "workers": workers,
        "cases": answer.cases,
        "seconds": round(took, 2),
        "cases_a_second": round(answer.cases / took),
    }


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--cases", type=int, default=10_000)
    wishes.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    asked = wishes.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder) / "data") as servers:
        asyncio.run(plant(servers.mongo_uri, asked.cases))
        figures = [simulated(servers.mongo_uri, workers) for workers in asked.workers]
    print(json.dumps({"load": os.getloadavg()[0], "runs": figures}, indent=1))


if __name__ == "__main__":
    main()
