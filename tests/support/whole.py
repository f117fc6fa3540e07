"""A whole running installation that a test may hurt: real servers, every service a process of its own, one supervisor.

Three publishers are let in before anything listens: one reports and reads cases, one works for a unit, one checks.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from pymongo import MongoClient

from cli.embedded import parts_of
from cli.home import DATABASE, Home
from cli.provision_kafka import kafka_user, scram_document
from libs.casestore.processes import Where
from libs.casework.topics import Door
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.parts import Part
from libs.plumbing.embedded.patience import Patience
from libs.plumbing.embedded.ports import kept_ports
from libs.plumbing.embedded.provision import scram_secret
from libs.plumbing.embedded.running import SupervisorThread
from libs.plumbing.embedded.stack import choose_endpoints
from libs.plumbing.embedded.supervisor import Supervisor
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign
from libs.plumbing.settings import Settings
from libs.stages.publishers import COLLECTION, Publisher, publisher_document

OFFICE, UNIT = "yingbin", "dist_sanitation"
REPORTER, WORKER, CHECKER = "reporting", "working", "checking"
PUBLISHERS = (
    Publisher(REPORTER, OFFICE, frozenset({Door.REPORTS}), None, True, True),
    Publisher(WORKER, OFFICE, frozenset({Door.WORK}), UNIT),
    Publisher(CHECKER, OFFICE, frozenset({Door.CHECKS})),
)
STAGES = ("intake", "triage", "dispatch", "closure")
DAY_US = 24 * 3600 * 1_000_000
# One folder is hurt more often than any office would bear; how the supervisor gives up is tried elsewhere.
_PATIENCE = Patience(deaths=1000, longest=4.0)
Parts = dict[str, Part]
Change = Callable[["Whole", Parts], Parts]


def as_it_is(whole: "Whole", parts: Parts) -> Parts:
    """The installation as `banjie up` starts it."""
    return parts


@dataclass
class Whole:
    """How to reach it, and ways to hurt it. The calls block: from async code use `asyncio.to_thread`."""

    home: Home
    thread: SupervisorThread | None = field(default=None, repr=False)
    more_ports: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.home.http_port()}"

    @property
    def where(self) -> Where:
        """For `verify`."""
        reach = self.home.reach()
        user = {"username": reach.mongo_user, "password": reach.mongo_password}
        return Where(reach.mongo_address, user, DATABASE)

    def settings(self, publisher: str | None = None) -> Settings:
        """A publisher's own user at the broker, or the operator's."""
        if publisher is None:
            return self.home.operator_settings()
        password = self.home.data.secret(f"publisher-{publisher}")
        return self.home.operator_settings().model_copy(
            update={"kafka_user": kafka_user(publisher), "kafka_password": SecretStr(password)}
        )

    def token(self, who: str, role: str, unit: str | None = None) -> str:
        """A signed key of somebody in that role."""
        principal = Principal(who, frozenset({role}), OFFICE, unit, expires=now_us() + DAY_US)
        return sign(principal, self.home.signing_key, now_us(), f"test-{who}")

    @contextmanager
    def database(self) -> Iterator[Any]:
        """MongoDB with its administrator."""
        with MongoClient[dict[str, Any]](
            self.home.reach().mongo_uri, uuidRepresentation="standard"
        ) as client:
            yield client[DATABASE]

    def pid(self, name: str) -> int | None:
        """The process that is this part now."""
        assert self.thread
        return self.thread.supervisor.board.parts[name].pid

    def restarts(self, name: str) -> int:
        """How often the part was started again."""
        assert self.thread
        return self.thread.supervisor.board.parts[name].restarts

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a signal to the part, waiting for a process if there is none; its pid."""
        pid = _until(lambda: self.pid(name), 30)
        os.kill(pid, number)
        return pid

    def kill(self, name: str) -> None:
        """Kill -9, and return once the supervisor has noticed."""
        pid = self.signal(name, signal.SIGKILL)
        _until(lambda: self.pid(name) != pid, 10)

    def empty_kafka(self) -> None:
        """Delete the broker's data under its feet, and return once the supervisor has noticed."""
        pid = _until(lambda: self.pid("kafka"), 30)
        shutil.rmtree(self.home.data.kafka, ignore_errors=True)
        _until(lambda: self.pid("kafka") != pid, 30)

    def wait_up(self, seconds: float = 90) -> None:
        """Return once every part is up."""
        assert self.thread
        self.thread.wait_up(seconds)

    def says(self, name: str) -> str:
        """What a worker answers at `/readyz`."""
        kept = kept_ports(self.home.data.run / "worker-ports.json")
        port = kept.get(name) or self.more_ports[name]
        try:
            checks = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=3).json()["checks"]
        except httpx.HTTPError as error:
            return type(error).__name__
        return "; ".join(str(check["detail"]) for check in checks.values())

    async def quiet(self, seconds: float = 60) -> None:
        """Return once no worker has anything left to handle."""
        end = time.monotonic() + seconds
        while any([not await self._has_nothing_left(name) for name in STAGES]):
            assert time.monotonic() < end, {name: self.says(name) for name in STAGES}
            await asyncio.sleep(0.2)

    async def _has_nothing_left(self, name: str) -> bool:
        """A worker says its lag first, then what works beside it."""
        return (await asyncio.to_thread(self.says, name)).split("; ")[0] == "lag 0"

    def log(self, name: str) -> str:
        """The part's log so far."""
        return (self.home.data.logs / f"{name}.log").read_text("utf-8", "replace")


@contextmanager
def a_whole_installation(root: Path, change: Change = as_it_is) -> Iterator[Whole]:
    """Start one on the folder `root`, its parts changed by `change`, and stop it at the end."""
    servers = ensure_servers(default_cache())
    whole = Whole(Home(DataDir(root)))
    with whole.home.data.hold():
        reach = choose_endpoints(whole.home.data)
        whole.home.keep_http_port(free_port())
        listed = parts_of(whole.home, servers, reach, whole.home.http_port())
        parts = change(whole, _with_publishers(whole, {part.name: part for part in listed}))
        thread = whole.thread = SupervisorThread(
            lambda: Supervisor(list(parts.values()), whole.home.data, _PATIENCE)
        )
        try:
            whole.wait_up(150)
            yield whole
        finally:
            thread.stop()


def faulty(part: Part, *faults: str, **env: str) -> Part:
    """The worker with faults built in (`tests.support.faulty_service`), and more environment."""
    service = part.name.partition("-")[0]
    command = [sys.executable, "-m", "tests.support.faulty_service", service, "worker", *faults]
    return replace(part, command=lambda: command, env={**part.env, **env})


def second(whole: Whole, part: Part) -> dict[str, Part]:
    """Another copy of a worker beside the first, called `<name>-2`."""
    name = f"{part.name}-2"
    port = whole.more_ports[name] = free_port()
    env = {**part.env, "BANJIE_WORKER_PORT": str(port), "BANJIE_INSTANCE": "second"}
    return {name: replace(part, name=name, env=env)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _with_publishers(whole: Whole, parts: Parts) -> Parts:
    """Known before Kafka is provisioned and before anybody listens, so that nobody has to start again for them."""
    mongod, kafka = parts["mongod"], parts["kafka"]

    async def after_mongod() -> None:
        await mongod.after_ready()
        await asyncio.to_thread(_register, whole)

    known_first = {
        "mongod": replace(mongod, after_ready=after_mongod),
        "kafka": replace(kafka, needs=("mongod",)),
    }
    return parts | known_first


def _register(whole: Whole) -> None:
    with whole.database() as database:
        for publisher in PUBLISHERS:
            if database[COLLECTION].find_one({"_id": publisher.name}) is None:
                secret = scram_secret(whole.home.data.secret(f"publisher-{publisher.name}"))
                database[COLLECTION].insert_one(
                    publisher_document(publisher) | {"scram": scram_document(secret)}
                )


def _until(found: Callable[[], Any], seconds: float) -> Any:
    end = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.01)
    return answer
