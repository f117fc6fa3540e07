"""Single commands over HTTP: how many a second, and how long each takes, with 64 clients."""

import asyncio
from dataclasses import dataclass
from time import perf_counter

import aiohttp

from bench.http_lives import REPORT, People, post
from bench.installation import Installation
from bench.numbers import percentile

CLIENTS = 64


@dataclass(frozen=True)
class Commands:
    """Commands a second, and milliseconds a command."""

    per_second: float
    p50_ms: float
    p99_ms: float


async def commands(installation: Installation, count: int) -> Commands:
    """`count` notes on 64 cases, one client a case, each a durable append."""
    people, took = People(installation, CLIENTS), list[float]()
    async with aiohttp.ClientSession(installation.url, connector=aiohttp.TCPConnector(limit=CLIENTS)) as http:
        reports = [
            post(http, "/intake/v1/reports", REPORT, people.headers("reporter", number))
            for number in range(CLIENTS)
        ]
        cases = [answer["case_id"] for answer in await asyncio.gather(*reports)]

        async def client(number: int, case: str) -> None:
            for _ in range(count // CLIENTS):
                began = perf_counter()
                path = f"/dispatch/v1/cases/{case}/note"
                await post(http, path, {"words": "进展正常"}, people.headers("clerk", number))
                took.append(perf_counter() - began)

        began = perf_counter()
        await asyncio.gather(*(client(number, case) for number, case in enumerate(cases)))
        seconds = perf_counter() - began
    return Commands(len(took) / seconds, percentile(took, 50) * 1000, percentile(took, 99) * 1000)
