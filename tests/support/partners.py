"""Three careful partners' systems: one reports, one works for a unit, one checks, each with its own user and doors.

They do what partners are told to: a message without an outcome is sent again under its id, news are followed by `sequence`
and read again from the beginning when they stop, every answer has an id made of case and step. So they bear any fault.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx
from aiokafka.errors import KafkaError
from pydantic_core import from_json, to_json

from libs.casework.topics import CASES, Door, door, outcomes
from libs.plumbing.kafka import kafka_consumer
from tests.support.couriers import Courier, stopped
from tests.support.sent import Sent
from tests.support.whole import CHECKER, REPORTER, UNIT, WORKER, Whole

REPORTS, WORK, CHECKS = door(Door.REPORTS, REPORTER), door(Door.WORK, WORKER), door(Door.CHECKS, CHECKER)
REPORT = {
    "text": "路边垃圾成堆没人清运，气味很大，请尽快处理",
    "place": {"lon": 113.288799, "lat": 40.066986},
    "category": "exposed_garbage",
    "seen_on_spot": True,
}
SUBMITTED = "banjie.report.submitted.v1"
NEXT = {
    "dispatched.v1": (WORKER, WORK, "work", "accept", {}),
    "accepted.v1": (WORKER, WORK, "work", "start", {}),
    "started.v1": (WORKER, WORK, "work", "resolve", {"words": "已清运完毕"}),
    "check_planned.v1": (CHECKER, CHECKS, "checks", "pass", {"words": "现场已清理干净"}),
}
PREFIX = len("banjie.case.")
AGAIN_S, QUIET_S = 15.0, 8.0
OVER_HTTP = 0.02


@dataclass
class Message:
    """Sent to a door, and when last."""

    publisher: str
    topic: str
    key: bytes
    value: bytes
    at: float = 0.0


class Partners:
    """Sends, listens, answers. Times in seconds (monotonic)."""

    def __init__(self, whole: Whole, seed: int = 1) -> None:
        self.sent = Sent()
        self.random = random.Random(seed)
        self.pending: dict[str, Message] = {}
        self._whole = whole
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._http: httpx.AsyncClient | None = None
        self._by_http: set[str] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._heard_at = perf_counter()
        self._tokens = {
            role: {"Authorization": f"Bearer {whole.token(f'{role}-1', role, unit)}"}
            for role, unit in (("grid_worker", None), ("unit_worker", UNIT))
        }

    async def __aenter__(self) -> "Partners":
        self._http = httpx.AsyncClient(base_url=self._whole.url, timeout=10)
        listening = [
            self._listen(REPORTER, CASES, outcomes(REPORTER)),
            self._listen(WORKER, outcomes(WORKER)),
            self._listen(CHECKER, outcomes(CHECKER)),
        ]
        works = [*listening, self._send_all(), self._send_again()]
        self._tasks = [asyncio.create_task(work) for work in works]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._tasks, *self._asking):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._asking, return_exceptions=True)
        if self._http:
            await self._http.aclose()

    async def live(self, cases: int, at_once: int = 300, limit_s: float = 150) -> None:
        """Report `cases`, at most `at_once` open, and see them closed; returns after `limit_s` at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                for number in range(cases):
                    await self._room(at_once)
                    self.report(f"r{self.sent.since}-{number}")
                await self.settled()

    async def settled(self) -> None:
        """Return once everything sent is answered and every case is closed or parked."""
        while self.pending or self._asking or self.underway():
            self._raise_failures()
            await asyncio.sleep(0.05)

    async def _room(self, at_once: int) -> None:
        while self.underway() >= at_once:
            self._raise_failures()
            await asyncio.sleep(0.05)

    def underway(self) -> int:
        """Reports not answered yet and cases not closed yet."""
        return len(self.sent.unanswered()) + len(self._asking) + len(self.sent.open())

    def report(self, name: str, over_http: bool | None = None, **more: Any) -> None:
        """Send one report, by chance over HTTP."""
        if self.random.random() < OVER_HTTP if over_http is None else over_http:
            task = asyncio.create_task(self._report_over_http(name))
            self._asking.add(task)
            task.add_done_callback(self._asked)
            return
        self.sent.reports.add(name)
        self.put(name, REPORTER, REPORTS, SUBMITTED, None, REPORT | more)

    def put(
        self, name: str, publisher: str, topic: str, kind: str, subject: str | None, data: dict[str, Any]
    ) -> None:
        """Send a message and keep sending it until it has an outcome."""
        cloud = {"specversion": "1.0", "id": name, "type": kind, "source": "/test", "data": data}
        if subject:
            cloud["subject"] = subject
        self.pending[name] = Message(publisher, topic, (subject or name).encode(), to_json(cloud))
        self._queue.put_nowait(name)

    def _raise_failures(self) -> None:
        for task in self._tasks:
            if task.done():
                task.result()

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)

    # Over HTTP

    async def _report_over_http(self, name: str) -> None:
        answer = await self._asked_until_done("grid_worker", "/intake/v1/reports", name, REPORT)
        case = answer["case_id"]
        self.sent.http[name] = case
        self._by_http.add(case)

    async def _asked_until_done(self, role: str, path: str, key: str, body: dict[str, Any]) -> Any:
        assert self._http
        headers = self._tokens[role] | {"Idempotency-Key": key}
        while True:
            with suppress(httpx.HTTPError):
                answer = await self._http.post(path, json=body, headers=headers)
                if answer.is_success:
                    return answer.json()
                assert answer.status_code in (429, 500, 502, 503, 504), answer.text
            await asyncio.sleep(0.5)

    # Over Kafka

    async def _send_all(self) -> None:
        names = (REPORTER, WORKER, CHECKER)
        couriers = {name: Courier(self._whole.settings(name)) for name in names}
        try:
            while True:
                name = await self._queue.get()
                if message := self.pending.get(name):
                    message.at = perf_counter()
                    await couriers[message.publisher].send(message.topic, message.key, message.value)
        finally:
            await asyncio.gather(*(courier.stop() for courier in couriers.values()))

    async def _send_again(self) -> None:
        """What has no outcome yet."""
        while True:
            await asyncio.sleep(1)
            now = perf_counter()
            for name, message in self.pending.items():
                if message.at and now - message.at > AGAIN_S:
                    message.at = now
                    self._queue.put_nowait(name)

    async def _listen(self, publisher: str, *topics: str) -> None:
        """Read on; from the beginning after an error, or when it went quiet although something is under way."""
        while True:
            consumer = kafka_consumer(self._whole.settings(publisher), *topics, fetch_max_wait_ms=20)
            try:
                await consumer.start()
                while True:
                    await self._hear(await consumer.getmany(timeout_ms=500, max_records=500))
                    if self.underway() and perf_counter() - self._heard_at > QUIET_S:
                        self._heard_at = perf_counter()
                        break
            except (KafkaError, OSError):
                await asyncio.sleep(0.5)
            finally:
                await stopped(consumer)

    async def _hear(self, batches: dict[Any, list[Any]]) -> None:
        for place, records in batches.items():
            hear = self._on_event if place.topic == CASES else self._on_outcome
            for record in records:
                hear(from_json(record.value))
            await asyncio.sleep(0)

    def _on_outcome(self, cloud: dict[str, Any]) -> None:
        name = cloud["data"]["message"]
        if name is None or (name not in self.pending and name not in self.sent.outcomes):
            return
        self._heard_at = perf_counter()
        self.pending.pop(name, None)
        self.sent.outcomes.setdefault(name, []).append(cloud)

    def _on_event(self, cloud: dict[str, Any]) -> None:
        if cloud["data"]["at"] < self.sent.since:
            return
        case, event = cloud["subject"], cloud["type"][PREFIX:]
        if event == "closed.v1" and case not in self.sent.closed_at:
            self._heard_at = self.sent.closed_at[case] = perf_counter()
        elif event == "parked.v1":
            self.sent.parked.add(case)
        elif event in NEXT:
            self._take_the_next_step(case, event)

    def _take_the_next_step(self, case: str, event: str) -> None:
        publisher, topic, kind, step, data = NEXT[event]
        name = f"{case}:{step}"
        if name in self.pending or name in self.sent.outcomes:
            return
        self._heard_at = perf_counter()
        if step == "accept" and case in self._by_http:
            self.sent.outcomes[name] = []
            path = f"/dispatch/v1/cases/{case}/accept"
            task = asyncio.create_task(self._asked_until_done("unit_worker", path, name, {}))
            self._asking.add(task)
            task.add_done_callback(self._asked)
            return
        self.put(name, publisher, topic, f"banjie.{kind}.{step}.v1", case, data)
