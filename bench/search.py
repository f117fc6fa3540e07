"""Search on a real MongoDB: the index at a million cases, and what keeping it costs a case. One JSON document on stdout.

`python -m bench.search [--cases 1000000] [--asked 40] [--indexed 500]`. It starts servers of its own. Texts are those of
`data/utterances.yaml` with a building and a few words of another. Snapshots are as small as a filed case's.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from bench.numbers import percentile
from libs.casestore.append import Append
from libs.casestore.content import ContentVault
from libs.casestore.documents import case_document
from libs.casestore.migrations import migrate
from libs.casestore.reading import CaseQuery
from libs.casestore.schema import INDEXES
from libs.casestore.searching import SEARCH, SearchIndex, SearchKey, document_of
from libs.casestore.store import CaseStore
from libs.casestore.tail import Tail
from libs.casework.case import Awaiting, Case
from libs.casework.draft import Change, NewCase, Speaker
from libs.casework.entry import Actor
from libs.casework.samples import example
from libs.casework.vocabulary import Role, Service, Source, Stage
from libs.plumbing.clock import now_us
from libs.plumbing.data import read_yaml
from libs.plumbing.embedded.running import running_servers
from services.records.indexing import Indexer
from services.records.words import Words

NAME, OFFICES = "bench_search", ("yingbin", "shuibosi", "pingyuan")
MASTER_KEY = bytes(range(32))
BATCH = 2000
SOUGHT = ("井盖", "垃圾", "围挡", "路灯不亮", "3号楼", "落叶", "manhole", "奶粉", "没有这样的话")


def texts(number: int, seed: int = 7) -> Iterator[str]:
    """So many reports, each a little different."""
    said = [row["text"] for language in ("zh", "en") for row in read_yaml("utterances.yaml")[language]]
    dice = random.Random(seed)
    for _ in range(number):
        yield f"{dice.choice(said)} {dice.randint(1, 40)}号楼 {dice.choice(said)[:6]}"


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--cases", type=int, default=1_000_000)
    wishes.add_argument("--asked", type=int, default=40)
    wishes.add_argument("--indexed", type=int, default=500)
    asked = wishes.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder) / "data") as servers:
        print(json.dumps(asyncio.run(measure(servers.mongo_uri, asked)), indent=1, ensure_ascii=False))


async def measure(uri: str, asked: argparse.Namespace) -> dict[str, Any]:
    async with AsyncMongoClient[dict[str, Any]](uri, uuidRepresentation="standard") as client:
        database = client[NAME]
        await migrate(database)
        figures: dict[str, Any] = {"load_before": os.getloadavg()[0]}
        figures["keeping"] = await keeping(database, asked.indexed)
        # Rows first, then their index: the figures are of what is there, not of how it came.
        await database[SEARCH].drop_indexes()
        await database["cases"].drop_indexes()
        figures["planted"] = await plant(database, asked.cases)
        await database[SEARCH].create_indexes(list(INDEXES[SEARCH]))
        figures["size"] = await size(database)
        figures["searches"] = {words: await searched(database, words, asked.asked) for words in SOUGHT}
        return figures | {"load_after": os.getloadavg()[0]}


async def keeping(database: AsyncDatabase[dict[str, Any]], number: int) -> dict[str, float]:
    """What it costs to read the words of real cases and to put their rows."""
    store, vault = CaseStore(database, clock=now_us), ContentVault(database, MASTER_KEY)
    await store.start()
    await store.append_many([reported(vault, text) for text in texts(number)])
    tail = Tail(database, "search")
    indexer = Indexer(store, Words(store, vault), SearchIndex(database), tail, MASTER_KEY)
    begun, cpu = perf_counter(), process_time()
    await indexer.once(now_us() + 1_000_000)
    took = perf_counter() - begun
    await store.stop()
    return {
        "cases": number,
        "ms_a_case": round(took / number * 1000, 3),
        "our_cpu_ms_a_case": round((process_time() - cpu) / number * 1000, 3),
    }


def reported(vault: ContentVault, text: str) -> Append:
    case_id = uuid7()
    key = vault.new_key(case_id)
    ref, stored = key.seal("text", uuid7(), text.encode())
    event = example("reported").model_copy(update={"number": str(case_id), "contents": (ref,)})
    speaker = Speaker(Service.INTAKE, Actor(id="bench", role=Role.RESIDENT))
    change = Change(case_id, NewCase("yingbin"), (event,))
    return Append((change,), speaker, contents=[stored], case_keys=[key.wrapped])


async def plant(database: AsyncDatabase[dict[str, Any]], number: int) -> dict[str, float]:
    keys = {office: SearchKey(MASTER_KEY, office) for office in OFFICES}
    begun, waiting, tokens = perf_counter(), list[tuple[Case, str]](), 0
    for at, text in enumerate(texts(number)):
        waiting.append((snapshot(uuid7(), OFFICES[at % len(OFFICES)]), text))
        if len(waiting) == BATCH or at == number - 1:
            rows = [keys[case.office].row(case, [text]) for case, text in waiting]
            await database[SEARCH].insert_many(map(document_of, rows), ordered=False)
            await database["cases"].insert_many(
                [case_document(case, ()) for case, _ in waiting], ordered=False
            )
            tokens, waiting = tokens + sum(len(row.tokens) for row in rows), []
    return {"cases": number, "tokens_a_case": tokens / number, "seconds": round(perf_counter() - begun, 1)}


def snapshot(case_id: UUID, office: str) -> Case:
    now = now_us()
    return Case(
        id=case_id,
        number=str(case_id),
        office=office,
        stage=Stage.FILED,
        seq=3,
        rev=3,
        head="0" * 64,
        awaits=Awaiting(since=now),
        source=Source.RESIDENT,
        category="hoarding",
        reported_at=now,
        stage_at=now,
        updated_at=now,
    )


async def size(database: AsyncDatabase[dict[str, Any]]) -> dict[str, float]:
    stats = await database.command("collStats", SEARCH)
    cases = stats["count"]
    return {
        "rows_mb": round(stats["storageSize"] / 1e6, 1),
        "indexes_mb": round(stats["totalIndexSize"] / 1e6, 1),
        "bytes_a_case": round((stats["storageSize"] + stats["totalIndexSize"]) / cases),
    }


async def searched(database: AsyncDatabase[dict[str, Any]], words: str, times: int) -> dict[str, float]:
    """The candidates of a page of fifty, with their snapshots. Opening the words of a page is measured as `keeping`."""
    index, store = SearchIndex(database), CaseStore(database, clock=now_us)
    tokens, took, found = SearchKey(MASTER_KEY, "yingbin").of_words([words]), list[float](), 0
    for _ in range(times):
        begun = perf_counter()
        found = await _page(index, store, tokens)
        took.append((perf_counter() - begun) * 1000)
    return {
        "found": found,
        "first_ms": took[0],
        "p50_ms": percentile(took, 50),
        "p95_ms": percentile(took, 95),
    }


async def _page(index: SearchIndex, store: CaseStore, tokens: Sequence[int]) -> int:
    ids = await index.candidates(tokens, None, None, 50)
    return len((await store.find(CaseQuery(ids=ids, office="yingbin"), len(ids))).cases)


if __name__ == "__main__":
    main()
