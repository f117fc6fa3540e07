"""What it costs triage to look for duplicates: CPU and time a report, on a real MongoDB. One JSON document on stdout.

`python -m bench.duplicates [--reports 200] [--rows 100000]`. `--rows` puts so many rows of other reports beside. It starts servers
of its own. Read the difference to `off`; the load average beside the figures says how much of the machine others were using.
"""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from libs.casestore.append import Append
from libs.casestore.content import ContentVault
from libs.casestore.migrations import migrate
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import Change, NewCase, Speaker
from libs.casework.entry import Actor
from libs.casework.events.intake import Reported
from libs.casework.events.model import Event
from libs.casework.vocabulary import Role, Service, Source
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.running import running_servers
from services.triage.app import Reference, hearing, reference
from services.triage.classify import Hearing
from services.triage.duplicates import Duplicates, Guide, Read
from services.triage.handlers import Reports, Triage
from services.triage.locate import Locator
from services.triage.matter import Policy
from services.triage.neighbours import Neighbours, Spot

NAME, OFFICE = "bench_duplicates", "yingbin"
MASTER_KEY = bytes(range(32))
WEST, SOUTH = 113.2945, 40.0815
APART = 0.0045
"""Degrees: two squares further on."""
ROUNDS = 5
Cases = Sequence[Case]


class NotLookedFor:
    """Triage without the looking."""

    async def looked_for(
        self, cases: Cases, reads: Mapping[UUID, Read], decided: Mapping[UUID, tuple[Event, ...]]
    ) -> Any:
        return decided


class Bench:
    """Reports in the log, and triage with and without the looking."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], data: Reference, heard_by: Hearing) -> None:
        self.store = CaseStore(database, clock=now_us)
        self.vault = ContentVault(database, MASTER_KEY)
        self.rows = Neighbours(database, MASTER_KEY, data.measures.longest_hours)
        self._data, self._hearing = data, heard_by
        self._reports = Reports(self.vault)

    def looking(self) -> Duplicates:
        """The looking as triage does it."""
        data = self._data
        guide = Guide(
            data.measures, data.catalogue, data.places, self._hearing.index, data.version_of_likeness
        )
        return Duplicates(self.rows, self.store, self._reports, guide)

    def triage(self, duplicates: Any) -> Triage:
        """Triage with that looking."""
        policy = Policy(self._data.catalogue, self._data.offices, self._data.version)
        return Triage(self._reports, Locator(self._data.places), self._hearing, policy, duplicates)

    async def reported(self, number: int, apart: float) -> Cases:
        """So many reports of the same words, in rows of ten that lie so many degrees apart."""
        places = [(WEST + (n % 10) * apart, SOUTH + n // 10 % 10 * apart) for n in range(number)]
        opened = [self._opening(lon, lat) for lon, lat in places]
        await self.store.append_many(opened)
        return list((await self.store.load([each.changes[0].case_id for each in opened])).values())

    async def among(self, rows: int) -> None:
        """So many rows of other reports, all over the street."""
        chance = Random(7)
        for begin in range(0, rows, 10_000):
            await self.rows.keep([self._somewhere(chance) for _ in range(min(10_000, rows - begin))])

    def _somewhere(self, chance: Random) -> Spot:
        position = (WEST + chance.random() / 20, SOUTH + chance.random() / 20)
        return Spot(uuid7(), OFFICE, "E02", position, now_us())

    def _opening(self, lon: float, lat: float) -> Append:
        case_id = uuid7()
        key = self.vault.new_key(case_id)
        texts = {"text": "小区门口垃圾成堆没人清运", "point": json.dumps({"lon": lon, "lat": lat})}
        sealed = [key.seal(kind, uuid7(), text.encode()) for kind, text in texts.items()]
        said = Reported(
            number=f"YB-{case_id.hex}",
            source=Source.RESIDENT,
            channel="http",
            contents=tuple(ref for ref, _ in sealed),
        )
        return Append(
            (Change(case_id, NewCase(OFFICE), (said,)),),
            Speaker(Service.INTAKE, Actor(id="bench", role=Role.RESIDENT)),
            contents=tuple(stored for _, stored in sealed),
            case_keys=(key.wrapped,),
        )


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--reports", type=int, default=200)
    asked.add_argument("--rows", type=int, default=100_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder)) as servers:
        uri, options = (
            servers.mongo_address,
            {"username": servers.mongo_user, "password": servers.mongo_password},
        )
        print(json.dumps(asyncio.run(figures(uri, options, given.reports, given.rows)), indent=2))


async def figures(uri: str, user: Mapping[str, Any], reports: int, rows: int) -> dict[str, Any]:
    """All of it."""
    async with AsyncMongoClient[dict[str, Any]](
        uri, uuidRepresentation="standard", tz_aware=True, **user
    ) as client:
        await migrate(client[NAME])
        data = reference()
        bench = Bench(client[NAME], data, await hearing(data))
        await bench.store.start()
        try:
            await bench.among(rows)
            alone = await bench.reported(min(reports, 100), APART)
            off = await measured(bench.triage(NotLookedFor()), alone)
            seen = [case.model_copy(update={"seen_on_spot": True}) for case in alone]
            kept = await measured(bench.triage(bench.looking()), seen)
            nobody = await measured(bench.triage(bench.looking()), alone)
            together = await bench.reported(reports, 0)
            crowd = await measured(bench.triage(bench.looking()), together)
        finally:
            await bench.store.stop()
    return {
        "load_average": os.getloadavg()[0],
        "rows_beside": rows,
        "off": off,
        "seen_on_spot_only_kept": kept,
        "nobody_near": nobody,
        "eight_near_each": crowd,
    }


async def measured(triage: Triage, cases: Cases) -> dict[str, dict[str, int]]:
    """The best of a few rounds, one report and fifty at a time: µs of this process, µs until decided."""
    return {f"batches_of_{size}": await _best(triage, cases, size) for size in (1, 50)}


async def _best(triage: Triage, cases: Cases, size: int) -> dict[str, int]:
    took = [await _round(triage, cases, size) for _ in range(ROUNDS)]
    cpu, wall = min(each[0] for each in took), min(each[1] for each in took)
    return {"cpu_us": round(cpu / len(cases) * 1e6), "wall_us": round(wall / len(cases) * 1e6)}


async def _round(triage: Triage, cases: Cases, size: int) -> tuple[float, float]:
    cpu, wall = process_time(), perf_counter()
    for begin in range(0, len(cases), size):
        await triage.decide_all(cases[begin : begin + size])
    return process_time() - cpu, perf_counter() - wall


if __name__ == "__main__":
    main()
