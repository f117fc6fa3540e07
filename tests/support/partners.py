"""Three careful partners' systems: one reports, one works for a unit, one checks, each with its own user and doors.

They do what partners are told to: a message without an outcome is sent again under its id, news are followed by `sequence`
and read again from the beginning when they stop, every answer has an id made of case and step. So they bear any fault.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx
from aiokafka.errors import KafkaError
from pydantic_core import from_json, to_json

from libs.casework.topics import CASES, Door, door, outcomes
from libs.plumbing.clock import now_us
from libs.plumbing.kafka import kafka_consumer, kafka_producer
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
AGAIN_S, QUIET_S = 8.0, 6.0
OVER_HTTP = 0.02


@dataclass
class Message:
    """Sent to a door, and when last."""

    publisher: str
    topic: str
    key: bytes
    value: bytes
    at: float = 0.0


@dataclass
class Sent:
    """What was sent since `since` (µs UTC) and what was answered. `refused`: (topic, value) of what must be refused."""

    since: int = field(default_factory=now_us)
    reports: set[str] = field(default_factory=set)
    http: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: list[tuple[str, bytes]] = field(default_factory=list)
    closed_at: dict[str, float] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)

    def cases(self) -> dict[str, set[str]]:
        """The cases that each accepted report was told to be: exactly one each, if all is well."""
        told = {key: {case} for key, case in self.http.items()}
        for report in self.reports:
            answers = self.outcomes.get(report, [])
            if named := {answer["subject"] for answer in answers if "subject" in answer}:
                told[report] = named
        return told

    def unanswered(self) -> set[str]:
        """Reports without an outcome."""
        return self.reports - set(self.outcomes)

    def open(self) -> set[str]:
        """Cases that are neither closed nor parked, as far as the news told."""
        every = {case for named in self.cases().values() for case in named}
        return every - set(self.closed_at) - self.parked

    def last_closed(self) -> float:
        """When the news of the last closing came."""
        return max(self.closed_at.values(), default=0.0)


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
        producers: dict[str, Any] = {}
        try:
            while True:
                name = await self._queue.get()
                if message := self.pending.get(name):
                    message.at = perf_counter()
                    await self._send(producers, message)
        finally:
            await asyncio.gather(*(_stopped(each) for each in producers.values()))

    async def _send(self, producers: dict[str, Any], message: Message) -> None:
        try:
            if message.publisher not in producers:
                producer = kafka_producer(self._whole.settings(message.publisher))
                try:
                    await producer.start()
                except BaseException:
                    await _stopped(producer)
                    raise
                producers[message.publisher] = producer
            producer = producers[message.publisher]
            async with asyncio.timeout(5):
                future = await producer.send(message.topic, message.value, message.key)
            future.add_done_callback(lambda sent: self._refused_by_broker(producers, message, producer, sent))
        except (KafkaError, TimeoutError, OSError):
            await self._begin_anew(producers, message.publisher, producers.get(message.publisher))

    def _refused_by_broker(
        self, producers: dict[str, Any], message: Message, producer: Any, sent: Any
    ) -> None:
        if not sent.cancelled() and sent.exception():
            # An emptied broker does not know this producer any more.
            anew = asyncio.ensure_future(self._begin_anew(producers, message.publisher, producer))
            anew.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _begin_anew(self, producers: dict[str, Any], publisher: str, producer: Any) -> None:
        if producer is not None and producers.get(publisher) is producer:
            del producers[publisher]
            await _stopped(producer)
        await asyncio.sleep(0.2)

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
                await _stopped(consumer)

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


async def _stopped(client: Any) -> None:
    """Stop an aiokafka client, which may end in its own tasks' cancellation, or wait long for a broker that is away."""
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping}, timeout=3)
    stopping.cancel()
    await asyncio.gather(stopping, return_exceptions=True)
