"""Whole lifecycles over HTTP: every human step is a request, each with its own Idempotency-Key.

Report, accept, start, resolve, pass: five requests a case; the machine's steps between them happen as always, and the news
of them (not polling) tells the client to go on.
"""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import aiohttp
from uuid_utils.compat import uuid7

from bench.installation import CATEGORY, POINT, REPORTER, UNIT, WORDS, Installation
from bench.news import News

REPORT = {"text": WORDS, "place": POINT, "category": CATEGORY, "seen_on_spot": True}
STEPS = (
    ("worker", "dispatch", "accept", {}),
    ("worker", "dispatch", "start", {}),
    ("worker", "dispatch", "resolve", {"words": "已清运完毕"}),
)


class People:
    """Many people with signed keys: limits count by principal, as in an office."""

    def __init__(self, installation: Installation, count: int) -> None:
        roles = {
            "reporter": ("grid_worker", None),
            "worker": ("unit_worker", UNIT),
            "checker": ("checker", None),
            "clerk": ("clerk", None),
        }
        self._tokens = {
            kind: [f"Bearer {installation.token(f'{kind}-{number}', role, unit)}" for number in range(count)]
            for kind, (role, unit) in roles.items()
        }

    def headers(self, kind: str, number: int) -> dict[str, str]:
        """Headers of one person of that kind, with a fresh key."""
        tokens = self._tokens[kind]
        return {"Authorization": tokens[number % len(tokens)], "Idempotency-Key": str(uuid7())}


class Moments:
    """Waits for the news that a case has come somewhere."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._waiting: dict[tuple[str, str], asyncio.Future[None]] = {}

    def on_event(self, case: str, event: str, now: float) -> None:
        """For `News`."""
        if event not in ("dispatched.v1", "check_planned.v1"):
            return
        future = self._waiting.pop((case, event), None)
        if future and not future.done():
            future.set_result(None)
        else:
            self._seen.add((case, event))

    async def until(self, case: str, event: str) -> None:
        """Return once the event was seen."""
        if (case, event) in self._seen:
            self._seen.discard((case, event))
            return
        self._waiting[case, event] = future = asyncio.get_running_loop().create_future()
        await asyncio.wait_for(future, 60)


@dataclass(frozen=True)
class HttpLives:
    """Lifecycles a second from the first report to the last answer of a check; `requests` that made them."""

    per_second: float
    requests: int


async def http_lives(installation: Installation, cases: int, at_once: int) -> HttpLives:
    """Drive `cases` lifecycles with `at_once` clients."""
    moments, people = Moments(), People(installation, 50)
    news = News(installation.settings(REPORTER), moments.on_event)
    await news.start()
    numbers = iter(range(cases))
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(installation.url, connector=connector) as http:

        async def client() -> None:
            for number in numbers:
                await _one_life(http, people, moments, number)

        began = perf_counter()
        await asyncio.gather(*(client() for _ in range(at_once)))
        seconds = perf_counter() - began
    await news.stop()
    return HttpLives(cases / seconds, cases * (len(STEPS) + 2))


async def _one_life(http: aiohttp.ClientSession, people: People, moments: Moments, number: int) -> None:
    case = (await post(http, "/intake/v1/reports", REPORT, people.headers("reporter", number)))["case_id"]
    await moments.until(case, "dispatched.v1")
    for kind, service, name, body in STEPS:
        await post(http, f"/{service}/v1/cases/{case}/{name}", body, people.headers(kind, number))
    await moments.until(case, "check_planned.v1")
    await post(http, f"/closure/v1/cases/{case}/pass", {"words": "已清理"}, people.headers("checker", number))


async def post(http: aiohttp.ClientSession, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    """One command; anything but success ends the bench with the problem's text."""
    async with http.post(path, json=body, headers=headers) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
        return await answer.json()
