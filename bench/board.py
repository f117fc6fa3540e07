"""The board alone, on a real MongoDB: a page and its counts among many open clocks. One JSON document on stdout.

`python -m bench.board [--clocks 1000000] [--asked 100]`. One clock in `--apart` is on the board. It starts servers of its own.
The load average beside the figures says how much of the machine others were using.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from uuid_utils.compat import uuid7

from bench.numbers import percentile
from libs.casestore.migrations import migrate
from libs.casestore.schema import SLA_CLOCKS
from libs.casework.deadlines.vocabulary import Colour
from libs.plumbing.embedded.running import running_servers
from services.sla.board import Board, BoardQuery, Place

NAME = "bench_board"
NOW = 1_795_000_000_000_000
HOUR = 3_600_000_000
OFFICES = tuple(f"office{number}" for number in range(10))
UNITS = tuple(f"unit{number}" for number in range(60))
GRIDS = tuple(f"grid{number}" for number in range(400))
CATEGORIES = tuple(f"category{number}" for number in range(150))
TOGETHER = 20_000
Document = dict[str, Any]


def main() -> None:
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--clocks", type=int, default=1_000_000)
    wishes.add_argument("--apart", type=int, default=10)
    wishes.add_argument("--asked", type=int, default=100)
    asked = wishes.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder) / "data") as servers:
        figures = asyncio.run(measure(servers.mongo_uri, asked))
    print(json.dumps(figures, indent=1))


async def measure(uri: str, asked: argparse.Namespace) -> Document:
    async with AsyncMongoClient[Document](uri, uuidRepresentation="standard") as client:
        await migrate(client[NAME])
        lines = client[NAME][SLA_CLOCKS]
        before = os.getloadavg()[0]
        began = perf_counter()
        await fill(lines, asked.clocks, asked.apart)
        filled = perf_counter() - began
        stats = await client[NAME].command("collStats", SLA_CLOCKS)
        return {
            "clocks": asked.clocks,
            "on_the_board": await lines.count_documents({"blue": {"$lt": NOW}}),
            "written_per_s": round(asked.clocks / filled),
            "data_mib": round(stats["size"] / 2**20),
            "indexes_mib": round(stats["totalIndexSize"] / 2**20),
            "ms": {
                name: await timed(ask, asked.asked) for name, ask in questions(Board(client[NAME])).items()
            },
            "load": [before, os.getloadavg()[0]],
        }


def questions(board: Board) -> dict[str, Callable[[], Awaitable[object]]]:
    """What people ask of a board, of one office of ten and of all."""
    one, everywhere = BoardQuery(OFFICES[:1]), BoardQuery(OFFICES)
    unit = BoardQuery(OFFICES[:1], unit=UNITS[3])
    behind = BoardQuery(OFFICES[:1], level="behind", colours=frozenset({Colour.YELLOW}))
    deep = Place(NOW, NOW - HOUR, "")
    return {
        "page of an office": lambda: board.page(one, NOW, 100),
        "page of a unit": lambda: board.page(unit, NOW, 100),
        "page of all offices": lambda: board.page(everywhere, NOW, 100),
        "page deep in all offices": lambda: board.page(everywhere, NOW, 100, deep),
        "page by level": lambda: board.page(behind, NOW, 100),
        "counts of an office": lambda: board.counts(one, NOW),
        "counts of a unit": lambda: board.counts(unit, NOW),
        "counts of all offices": lambda: board.counts(everywhere, NOW),
    }


async def timed(ask: Callable[[], Awaitable[object]], times: int) -> Document:
    """Milliseconds, one after the other."""
    took = []
    for _ in range(times):
        began = perf_counter()
        await ask()
        took.append((perf_counter() - began) * 1000)
    took.sort()
    return {
        "p50": round(percentile(took, 50), 1),
        "p99": round(percentile(took, 99), 1),
        "max": round(took[-1], 1),
    }


async def fill(lines: AsyncCollection[Document], number: int, apart: int) -> None:
    made = some_lines(number, apart)
    while batch := list(islice(made, TOGETHER)):
        await lines.insert_many(batch, ordered=False)


def some_lines(number: int, apart: int) -> Iterator[Document]:
    """One in `apart` is on the board: two thirds of these overdue, the rest near or behind."""
    chance = random.Random(1)
    for each in range(number):
        limit = chance.choice((4, 24, 120)) * HOUR
        on_the_board = each % apart == 0
        late = round(chance.uniform(-0.2, 0.45) * limit)
        due = NOW - late if on_the_board else NOW + limit + chance.randrange(100 * HOUR)
        yield a_line(chance, due, limit)


def a_line(chance: random.Random, due: int, limit: int) -> Document:
    case, kind = uuid7(), chance.choice(("resolution", "case", "acceptance"))
    steps = {
        "near": ("blue", 0.75),
        "behind": ("yellow", 0.9),
        "overdue": ("red", 1.0),
        "overdue_half": ("red", 1.5),
    }
    since = {level: due - limit + round(share * limit) for level, (_, share) in steps.items()}
    return {
        "_id": f"{case}:{kind}",
        "case": case,
        "seq": 7,
        "number": f"YB-2611-{chance.randrange(100_000):05}",
        "office": chance.choice(OFFICES),
        "unit": chance.choice(UNITS),
        "grid": chance.choice(GRIDS),
        "category": chance.choice(CATEGORIES),
        "urgency": "normal",
        "clock": kind,
        "key": kind,
        "generation": 1,
        "state": "running",
        "due": due,
        "blue": since["near"],
        "yellow": since["behind"],
        "steps": [{"level": level, "colour": steps[level][0], "since": at} for level, at in since.items()],
    }


if __name__ == "__main__":
    main()
