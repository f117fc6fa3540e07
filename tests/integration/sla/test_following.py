"""The whole service as a process of its own, with the rights of the real one: fed by `banjie.cases`, killed, started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from pymongo import MongoClient

from cli.provision_kafka import service_grants
from libs.casestore.schema import SLA_NEXT, privileges_of
from libs.casestore.store import CaseStore
from libs.casework.topics import CASES, PARTITIONS, REJECTED
from libs.casework.vocabulary import Service, Stage
from libs.casework.wire import outward_bytes
from libs.plumbing.clock import now_us
from libs.plumbing.embedded import mongod, provision
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.stack import Endpoints
from libs.stages.ports import Ports
from tests.integration.plumbing.workplace import until
from tests.integration.sla.conftest import Room, Wall
from tests.support.street_office import StreetOffice
from tests.support.whole import free_port

ROOT = Path(__file__).parents[3]
WORD = "for-this-test-only"
DAY_US = 24 * 3600 * 1_000_000
SOON_US = 8_000_000


class Process:
    """The service with users of its own, started and killed."""

    def __init__(self, office: StreetOffice, user: str, secrets: Path, name: str = "first") -> None:
        self._settings, self._user, self._secrets = office.settings("sla"), user, secrets
        self._office, self._name = office, name
        self._child: asyncio.subprocess.Process | None = None
        self.port = free_port()

    async def start(self, role: str = "leads, epoch") -> None:
        """Start it, and return once it listens and has that role."""
        with (self._secrets / "log").open("ab") as log:
            command = (sys.executable, "-m", "cli.process", "sla", "worker")
            self._child = await asyncio.create_subprocess_exec(
                *command, env={**os.environ, **self._environment()}, cwd=ROOT, stderr=log
            )
        await until(lambda: self.stands(role), 40)

    def signal(self, number: signal.Signals) -> None:
        assert self._child
        self._child.send_signal(number)

    def beside(self) -> "Process":
        """Another one."""
        return Process(self._office, self._user, self._secrets, "second")

    async def kill(self) -> None:
        """Kill -9."""
        if self._child and self._child.returncode is None:
            self._child.kill()
            await self._child.wait()

    async def get(self, path: str) -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)).text

    async def stands(self, *roles: str) -> bool:
        assert self._child
        assert self._child.returncode is None, (self._secrets / "log").read_text()
        try:
            told = await self.get("/readyz")
            return any(role in told for role in roles)
        except httpx.HTTPError:
            return False

    def _environment(self) -> dict[str, str]:
        told = self._settings
        return {
            "BANJIE_SECRETS_DIR": str(self._secrets),
            "BANJIE_SERVICE": "sla",
            "BANJIE_INSTANCE": self._name,
            "BANJIE_WORKER_PORT": str(self.port),
            "BANJIE_VERIFY_KEY": str(told.verify_key),
            "BANJIE_MONGO_URI": told.mongo_uri,
            "BANJIE_MONGO_USER": self._user,
            "BANJIE_MONGO_DATABASE": told.mongo_database,
            "BANJIE_KAFKA_BOOTSTRAP": told.kafka_bootstrap,
            "BANJIE_KAFKA_USER": self._user,
        }


@pytest.fixture
async def process(office: StreetOffice, servers: Endpoints, tmp_path: Path) -> AsyncIterator[Process]:
    user = f"sla-{office.name}"
    await office.topics(f"banjie.sla{REJECTED}")
    await asyncio.to_thread(_let_in, servers, user, office.name)
    for name, secret in (("mongo_password", WORD), ("kafka_password", WORD)):
        (tmp_path / name).write_text(secret)
    key = office.settings().master_key
    assert key
    (tmp_path / "master_key").write_text(key.get_secret_value())
    one = Process(office, user, tmp_path)
    yield one
    await one.kill()


def _let_in(servers: Endpoints, user: str, database: str) -> None:
    with MongoClient[dict[str, Any]](servers.mongo_uri) as client:
        mongod.ensure_user(client, user, WORD, privileges_of("sla", database))
    with open_admin(servers.kafka_bootstrap, servers.kafka_user, servers.kafka_password) as admin:
        provision.ensure_topics(admin, [provision.TopicSpec(CASES, PARTITIONS)])
        provision.ensure_user(admin, user, WORD)
        provision.ensure_acls(admin, user, service_grants("sla"))


async def test_what_banjie_cases_tells_is_breached_in_its_second_and_once_though_killed(
    office: StreetOffice, process: Process
) -> None:
    await process.start()
    async with a_room(office, SOON_US) as room:
        case = (await room.garden.a_case_at(Stage.REPORTED)).id
        await _published(room.ports, case)
        await until(lambda: _watched(room.ports, case), 5)
        await until(lambda: _said(room, case, 2))
        assert 'banjie_sla_rows_healed_total{service="sla"} 0.0' in await process.get("/metrics")
        await process.kill()
        await process.start()
        await until(lambda: _said(room, case, 3))
        log = (await room.ports.store.logs([case]))[case]
        assert log[-1].type == "deadline_breached.v1"
        assert log[-1].at > log[-1].data.due_at  # type: ignore[attr-defined]
        await asyncio.sleep(1)
        assert len(await room.said(case)) == 3
    assert 'banjie_sla_lateness_seconds_count{service="sla"}' in await process.get("/metrics")


async def test_one_that_is_frozen_across_a_deadline_is_replaced_and_repeats_nothing_when_it_wakes(
    office: StreetOffice, process: Process
) -> None:
    await process.start()
    second = process.beside()
    await second.start("standby")
    try:
        async with a_room(office, SOON_US) as room:
            case = (await room.garden.a_case_at(Stage.REPORTED)).id
            await _published(room.ports, case)
            await until(lambda: _said(room, case, 2))
            process.signal(signal.SIGSTOP)
            await until(lambda: _said(room, case, 3))
            assert await second.stands("leads, epoch")
            process.signal(signal.SIGCONT)
            # On a busy machine the lease may come back to it: whoever leads, what was said is not said again.
            await until(lambda: process.stands("standby", "leads, epoch"))
            await asyncio.sleep(2)
            assert len(await room.said(case)) == 3
    finally:
        await second.kill()


@asynccontextmanager
async def a_room(office: StreetOffice, soon: int) -> AsyncIterator[Room]:
    """Cases that are opened here were reported so long ago that their response is due in `soon` µs."""
    async with office.ports(Service.SLA) as ports:
        store = CaseStore(ports.database, clock=Wall(now_us() - DAY_US + soon))
        await store.start()
        yield Room(replace(ports, store=store), Wall(0))
        await store.stop()


async def _published(ports: Ports, case_id: UUID) -> None:
    for entry in (await ports.store.logs([case_id]))[case_id]:
        await ports.kafka.send(CASES, str(case_id).encode(), outward_bytes(entry))


async def _watched(ports: Ports, case_id: UUID) -> bool:
    return await ports.database[SLA_NEXT].find_one({"_id": case_id}) is not None


async def _said(room: Room, case_id: UUID, number: int) -> bool:
    return len(await room.said(case_id)) == number
