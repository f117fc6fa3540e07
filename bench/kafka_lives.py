"""Whole lifecycles through Kafka: a publisher reports, a unit's system works, a checking system checks.

Ten events a case, each next step sent only when the news of the one before has come, all services running; counted when
`closed` has been published.
"""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from aiokafka import AIOKafkaProducer
from pydantic_core import to_json
from uuid_utils.compat import uuid7

from bench.installation import CATEGORY, CHECKER, POINT, REPORTER, WORDS, WORKER, Installation
from bench.news import News
from libs.casework.topics import Door, door
from libs.plumbing.kafka import kafka_producer

REPORTS, WORK, CHECKS = door(Door.REPORTS, REPORTER), door(Door.WORK, WORKER), door(Door.CHECKS, CHECKER)
REPORT = {"text": WORDS, "place": POINT, "category": CATEGORY, "seen_on_spot": True}
NEXT = {
    "dispatched.v1": ("work", "accept", {}),
    "accepted.v1": ("work", "start", {}),
    "started.v1": ("work", "resolve", {"words": "已清运完毕"}),
    "check_planned.v1": ("checks", "pass", {"words": "现场已清理干净"}),
}


@dataclass
class Lives:
    """What a run of lifecycles came to. `dispatched_s`: from sending the report to the news of its dispatch."""

    wanted: int
    closed: int = 0
    events: int = 0
    seconds: float = 0.0
    dispatched_s: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Whole lifecycles a second, from the first report to the last closing."""
        return self.closed / self.seconds


class Driver:
    """Sends reports, follows the news, answers each with the next step."""

    def __init__(self, installation: Installation) -> None:
        self._producers = {
            "reports": kafka_producer(installation.settings(REPORTER)),
            "work": kafka_producer(installation.settings(WORKER)),
            "checks": kafka_producer(installation.settings(CHECKER)),
        }
        self._news = News(installation.settings(REPORTER), self._on_event)
        self._to_send: asyncio.Queue[tuple[str, str, bytes, bytes]] = asyncio.Queue()
        self._closed: asyncio.Event = asyncio.Event()
        self._room: asyncio.Semaphore = asyncio.Semaphore(1)
        self._sent: dict[str, float] = {}
        self.lives = Lives(0)
        self._sending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Driver":
        for producer in self._producers.values():
            await producer.start()
        await self._news.start()
        self._sending = asyncio.create_task(self._send_all())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sending:
            self._sending.cancel()
        await self._news.stop()
        for producer in self._producers.values():
            await producer.stop()

    async def run(
        self, cases: int, at_once: int, per_second: float | None = None, limit_s: float = 180
    ) -> Lives:
        """Drive `cases` lifecycles, at most `at_once` open, reports at `per_second` when given."""
        self.lives, self._closed, self._room = Lives(cases), asyncio.Event(), asyncio.Semaphore(at_once)
        self._news.events = 0
        began = perf_counter()
        reporting = asyncio.create_task(self._report(cases, per_second))
        async with asyncio.timeout(limit_s):
            await self._until_closed(reporting)
        self.lives.seconds = perf_counter() - began
        self.lives.events = self._news.events
        return self.lives

    async def _until_closed(self, reporting: asyncio.Task[None]) -> None:
        """Until the last one is closed, or one of the tasks that drive it fails: then with its error."""
        waiting = asyncio.create_task(self._closed.wait())
        tasks = {waiting, reporting, *(task for task in (self._sending, self._news.task) if task)}
        while not waiting.done():
            done, tasks = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
            for task in done:
                task.result()

    async def _report(self, cases: int, per_second: float | None) -> None:
        began = perf_counter()
        for number in range(cases):
            await self._room.acquire()
            if per_second:
                await asyncio.sleep(max(0.0, began + number / per_second - perf_counter()))
            self._put("reports", REPORTS, "banjie.report.submitted.v1", None, REPORT)

    def _on_event(self, case: str, event: str, now: float) -> None:
        step = NEXT.get(event)
        if step:
            kind, name, data = step
            topic = WORK if kind == "work" else CHECKS
            self._put(kind, topic, f"banjie.{kind}.{name}.v1", case, data)
        if event == "reported.v1":
            self._sent[case] = now
        elif event == "dispatched.v1":
            self.lives.dispatched_s.append(now - self._sent.pop(case, now))
        elif event == "closed.v1":
            self.lives.closed += 1
            self._room.release()
            if self.lives.closed >= self.lives.wanted:
                self._closed.set()

    def _put(self, kind: str, topic: str, event: str, subject: str | None, data: dict[str, Any]) -> None:
        message = {"specversion": "1.0", "id": str(uuid7()), "type": event, "source": "/bench", "data": data}
        if subject:
            message["subject"] = subject
        self._to_send.put_nowait((kind, topic, (subject or str(message["id"])).encode(), to_json(message)))

    async def _send_all(self) -> None:
        while True:
            kind, topic, key, value = await self._to_send.get()
            producer: AIOKafkaProducer = self._producers[kind]
            await producer.send(topic, value, key)
