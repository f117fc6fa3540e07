"""The case store alone, on a real MongoDB: bulk appends, single commands, verify. One JSON document on stdout.

`python -m bench.store [--cases 4000] [--callers 64] [--window-ms 2] [--most 200] [--flights 1] [--uri mongodb://…]`. Without
`--uri` it starts servers of its own. The load average beside the figures says how much of the machine others were using.
"""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended
from libs.casestore.migrations import migrate
from libs.casestore.processes import Where
from libs.casestore.store import CaseStore
from libs.casestore.verify import verify
from libs.casestore.waiting import Grouping
from libs.casework.draft import Change, NewCase, Speaker, Whatever
from libs.casework.entry import Actor
from libs.casework.events.model import Event
from libs.casework.samples import example
from libs.casework.samples.examples import AFTER, NOTE, PHOTO, WORDS
from libs.casework.vocabulary import Role, Service
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.running import running_servers

ACTOR = Actor(id="bench", role=Role.SYSTEM)
NAME = "bench_store"
STRAIGHT = (
    ("triage", ("classified", "filed")),
    ("dispatch", ("dispatched", "accepted", "started", "resolved")),
    ("closure", ("check_planned", "check_passed", "closed")),
)
"""From report to closed: three appends of nine events after the report."""


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--cases", type=int, default=4000)
    wishes.add_argument("--callers", type=int, default=64)
    wishes.add_argument("--turns", type=int, default=150)
    wishes.add_argument("--window-ms", type=float)
    wishes.add_argument("--most", type=int)
    wishes.add_argument("--flights", type=int)
    wishes.add_argument("--workers", type=int, default=2)
    wishes.add_argument("--uri")
    asked = wishes.parse_args()
    if asked.uri:
        report(asked.uri, asked)
        return
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder) / "data") as servers:
        report(servers.mongo_uri, asked)


def report(uri: str, asked: argparse.Namespace) -> None:
    figures: dict[str, Any] = {"load_before": os.getloadavg()[0], "asked": vars(asked) | {"uri": "…"}}
    figures |= asyncio.run(measure(uri, asked))
    figures["verify"] = verified(uri, asked.workers)
    figures["load_after"] = os.getloadavg()[0]
    print(json.dumps(figures, indent=1))


def grouping(asked: argparse.Namespace) -> Grouping:
    usual = Grouping()
    window_s = usual.window_s if asked.window_ms is None else asked.window_ms / 1000
    return replace(
        usual, window_s=window_s, most=asked.most or usual.most, flights=asked.flights or usual.flights
    )


async def measure(uri: str, asked: argparse.Namespace) -> dict[str, Any]:
    async with AsyncMongoClient[dict[str, Any]](uri, uuidRepresentation="standard") as client:
        await client.drop_database(NAME)
        await migrate(client[NAME])
        store = CaseStore(client[NAME], clock=now_us, grouping=grouping(asked))
        await store.start()
        ids = [uuid7() for _ in range(asked.cases)]
        await keep_contents(client[NAME], ids)
        figures = {
            "open": await bulk(store, [opening(case_id) for case_id in ids]),
            "notes": await bulk(store, [noting(case_id, f"n{case_id}") for case_id in ids]),
            "lifecycle": await bulk(store, [one for case_id in ids for one in living(case_id)]),
            "single": await singles(store, ids, asked.callers, asked.turns),
            "loads_a_second": await loads(store, ids),
        }
        await store.stop()
        return figures


async def keep_contents(database: AsyncDatabase[dict[str, Any]], ids: Sequence[UUID]) -> None:
    """What the sample events refer to, and a key a case, so that verify looks for both and finds them."""
    await database["case_content"].insert_many([{"_id": ref.id} for ref in (WORDS, NOTE, PHOTO, AFTER)])
    await database["case_keys"].insert_many([{"_id": case_id} for case_id in ids])


def opening(case_id: UUID) -> Append:
    event = example("reported").model_copy(update={"number": str(case_id), "contents": ()})
    return Append((Change(case_id, NewCase("yingbin"), (event,)),), speaker("intake"), f"open:{case_id}")


def noting(case_id: UUID, key: str) -> Append:
    return saying(case_id, "dispatch", (example("attention_ordered"),), key)


def living(case_id: UUID) -> list[Append]:
    return [
        saying(case_id, who, tuple(example(name) for name in names), f"{who}:{case_id}:{len(names)}")
        for who, names in STRAIGHT
    ]


def saying(case_id: UUID, who: str, events: tuple[Event, ...], key: str) -> Append:
    return Append((Change(case_id, Whatever(), events),), speaker(who), key, b"f" * 32)


def speaker(who: str) -> Speaker:
    return Speaker(Service(who), ACTOR, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")


async def bulk(store: CaseStore, appends: Sequence[Append]) -> dict[str, float]:
    """Thousands of callers of `append` at once."""
    started, cpu = perf_counter(), process_time()
    results = await asyncio.gather(*(call(store, append) for append in appends))
    took, cpu = perf_counter() - started, process_time() - cpu
    refused = [result for result in results if not isinstance(result, Appended)]
    assert not refused, refused[0]
    events = sum(len(change.events) for append in appends for change in append.changes)
    return {
        "appends_a_second": round(len(appends) / took),
        "events_a_second": round(events / took),
        "cpu_us_an_event": round(cpu / events * 1e6, 1),
    }


async def singles(store: CaseStore, ids: Sequence[UUID], callers: int, turns: int) -> dict[str, float]:
    """Callers that each wait for one command before they give the next."""
    times: list[float] = []

    async def caller(name: int) -> None:
        for turn in range(turns):
            # Patrols are the step that a closed case bears without end.
            append = saying(
                ids[(name * turns + turn) % len(ids)],
                "closure",
                (example("patrol_planned"),),
                f"c{name}.{turn}",
            )
            started = perf_counter()
            assert isinstance(await call(store, append), Appended)
            times.append(perf_counter() - started)

    took = await timed(lambda: asyncio.gather(*(caller(name) for name in range(callers))))
    times.sort()
    at = {name: round(times[int(len(times) * share)] * 1000, 1) for name, share in QUANTILES.items()}
    return {"commands_a_second": round(callers * turns / took)} | at


QUANTILES = {"p50_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99}


async def loads(store: CaseStore, ids: Sequence[UUID]) -> int:
    """Snapshots read, 200 at a time."""
    parts = [ids[at : at + 200] for at in range(0, len(ids), 200)]

    async def every() -> None:
        for part in parts:
            await store.load(part)

    return round(len(ids) / await timed(every))


async def timed(work: Callable[[], Awaitable[Any]]) -> float:
    started = perf_counter()
    await work()
    return perf_counter() - started


async def call(store: CaseStore, append: Append) -> Any:
    return await store.append(append.changes, append.speaker, key=append.key, fingerprint=append.fingerprint)


def verified(uri: str, workers: int) -> dict[str, float]:
    started = perf_counter()
    checked = verify(Where(uri, {}, NAME), workers)
    took = perf_counter() - started
    return {
        "events_a_second": round(checked.events / took),
        "events": checked.events,
        "findings": len(checked.findings),
    }


if __name__ == "__main__":
    main()
