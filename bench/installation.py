"""An installation made for one bench: its own data folder and port, keys and publishers, gone afterwards."""

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from pymongo import MongoClient

from cli.home import DATABASE, Home
from cli.provision_kafka import kafka_user, open_doors, scram_document
from cli.running import start_behind, supervisor_of, url_of
from libs.casework.topics import Door
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.provision import scram_secret
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign
from libs.plumbing.settings import Settings
from libs.stages.publishers import COLLECTION, Publisher, publisher_document

OFFICE = "yingbin"
UNIT = "dist_sanitation"
DAY_US = 24 * 3600 * 1_000_000
WORDS = "路边垃圾成堆没人清运，气味很大，请尽快处理"
CATEGORY = "exposed_garbage"
POINT = {"lon": 113.288799, "lat": 40.066986}
REPORTER, WORKER, CHECKER = "bench-reports", "bench-unit", "bench-checks"


@dataclass(frozen=True)
class Installation:
    """A running installation with what a bench needs of it."""

    home: Home
    cold_start_s: float
    passwords: dict[str, str]

    @property
    def url(self) -> str:
        """Its HTTP address."""
        return url_of(self.home)

    def token(self, who: str, role: str, unit: str | None = None) -> str:
        """A signed key, not registered: services verify it by signature."""
        principal = Principal(who, frozenset({role}), OFFICE, unit, expires=now_us() + DAY_US)
        return sign(principal, self.home.signing_key, now_us(), f"bench-{who}")

    def settings(self, publisher: str) -> Settings:
        """How a publisher reaches the broker, with its own user."""
        return Settings(
            service="bench",
            kafka_bootstrap=self.home.reach().kafka_bootstrap,
            kafka_user=kafka_user(publisher),
            kafka_password=self.passwords[publisher],
        )

    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything under it."""
        pid = supervisor_of(self.home)
        if pid is None:
            return []
        supervisor = psutil.Process(pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def memory_mib(self) -> float:
        """Resident memory of all processes together."""
        return sum(process.memory_info().rss for process in self.processes()) / 2**20


@contextmanager
def an_installation() -> Iterator[Installation]:
    """Start one, register three publishers, stop it and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="banjie-bench-"))
    try:
        began = time.perf_counter()
        start_behind(folder / "data", _free_port())
        cold = time.perf_counter() - began
        home = Home(DataDir(folder / "data"))
        installation = Installation(home, cold, _publishers(home))
        _wait_for_doors(installation)
        yield installation
    finally:
        _stop(Home(DataDir(folder / "data")))
        shutil.rmtree(folder, ignore_errors=True)


def _publishers(home: Home) -> dict[str, str]:
    passwords = {}
    reach = home.reach()
    wanted = (
        Publisher(REPORTER, OFFICE, frozenset({Door.REPORTS}), None, True, True),
        Publisher(WORKER, OFFICE, frozenset({Door.WORK}), UNIT),
        Publisher(CHECKER, OFFICE, frozenset({Door.CHECKS})),
    )
    with (
        open_admin(reach.kafka_bootstrap, reach.kafka_user, reach.kafka_password) as admin,
        MongoClient[dict[str, Any]](reach.mongo_uri) as client,
    ):
        for publisher in wanted:
            passwords[publisher.name] = os.urandom(16).hex()
            secret = scram_secret(passwords[publisher.name])
            open_doors(admin, publisher, secret)
            client[DATABASE][COLLECTION].insert_one(
                publisher_document(publisher) | {"scram": scram_document(secret)}
            )
    return passwords


def _wait_for_doors(installation: Installation) -> None:
    """The workers notice new doors within seconds and start again; wait until they listen to them."""
    end = time.monotonic() + 60
    logs = installation.home.data.logs
    waiting = {"intake": REPORTER, "dispatch": WORKER, "closure": CHECKER}
    while waiting and time.monotonic() < end:
        for service, publisher in list(waiting.items()):
            started = [
                line
                for line in (logs / f"{service}.log").read_text().splitlines()
                if "worker_started" in line
            ]
            if started and publisher in started[-1]:
                del waiting[service]
        time.sleep(0.2)
    if waiting:
        raise TimeoutError(f"not listening to new doors: {sorted(waiting)}")


def _stop(home: Home) -> None:
    pid = supervisor_of(home)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    while supervisor_of(home) == pid:
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
