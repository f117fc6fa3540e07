"""A replica set of three whose primary is killed while the store appends, and while a service takes reports."""

import asyncio
import base64
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import httpx
import pytest
from pymongo import AsyncMongoClient
from uuid_utils.compat import uuid7

from libs.casestore.append import Appended
from libs.casestore.committer import StoreAway
from libs.casestore.migrations import migrate
from libs.casestore.processes import Where
from libs.casestore.store import CaseStore
from libs.casestore.verify import Range, verify_range
from libs.casework.draft import Change, NewCase, Whatever
from libs.casework.lifecycle import row_of
from libs.casework.samples import example
from libs.casework.vocabulary import Stage
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.mongod import ADMIN
from libs.plumbing.principals import Principal
from libs.plumbing.security import new_signing_key, public_part, sign
from tests.faults.scenario import Scenario
from tests.support.cases import OFFICE, THE_WAY_TO, a_speaker
from tests.support.partners import REPORT
from tests.support.replica_set import ReplicaSet, running_replica_set
from tests.support.stores import reported_as
from tests.support.whole import free_port

KILLS, WRITERS, EACH = 2, 20, 10
STEPS = THE_WAY_TO[Stage.CLOSED].split()
pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    with running_replica_set(tmp_path_factory.mktemp("nodes")) as running:
        yield running


@asynccontextmanager
async def a_log(nodes: ReplicaSet, name: str) -> AsyncIterator[Any]:
    options: dict[str, Any] = {"uuidRepresentation": "standard"}
    async with AsyncMongoClient(nodes.uri, **options) as client:
        await migrate(client[name])
        yield client[name]


async def test_a_primary_killed_while_the_store_appends_loses_and_repeats_nothing(
    nodes: ReplicaSet, scenario: Scenario
) -> None:
    async with a_log(nodes, "store") as database:
        store = CaseStore(database, clock=now_us)
        await store.start()

        async def write(number: int) -> None:
            for _ in range(EACH):
                await _a_life(store)

        await _while_elected(nodes, scenario, write, WRITERS * EACH)
        await store.stop()
        await _assert_whole(nodes, database, "store", WRITERS * EACH, STEPS)


async def test_a_primary_killed_while_intake_takes_reports_loses_and_repeats_nothing(
    nodes: ReplicaSet, scenario: Scenario, tmp_path: Path
) -> None:
    async with a_log(nodes, "service") as database, _intake(nodes, tmp_path, "service") as client:
        accepted: dict[str, str] = {}

        async def report(number: int) -> None:
            for turn in range(EACH):
                key = f"{number}-{turn}"
                accepted[key] = await _reported(client, key)

        await _while_elected(nodes, scenario, report, WRITERS * EACH)
        await _assert_whole(nodes, database, "service", WRITERS * EACH, ["reported"])
        there = {str(case) for case in await database["cases"].distinct("_id")}
        assert set(accepted.values()) == there


async def _while_elected(
    nodes: ReplicaSet, scenario: Scenario, work: Callable[[int], Awaitable[None]], cases: int
) -> None:
    began = perf_counter()
    working = [asyncio.create_task(work(number)) for number in range(WRITERS)]
    for _ in range(KILLS):
        await scenario.a_while(0.2, 1.0)
        blow = perf_counter()
        await asyncio.to_thread(nodes.kill_primary)
        await asyncio.to_thread(nodes.primary)
    await asyncio.gather(*working)
    scenario.tell(cases, perf_counter() - began, perf_counter() - blow)


async def _a_life(store: CaseStore) -> None:
    """Every append again with its key until it is answered."""
    case_id = uuid7()
    for step in STEPS:
        event = reported_as(case_id) if step == "reported" else example(step)
        expect = NewCase(OFFICE) if step == "reported" else Whatever()
        row = row_of(event.name())
        assert row
        change, speaker = Change(case_id, expect, (event,)), a_speaker(min(row.said_by))
        answer = await _said(store, change, speaker, f"{case_id}:{step}")
        assert isinstance(answer, Appended), answer


async def _said(store: CaseStore, change: Change, speaker: Any, key: str) -> Any:
    while True:
        try:
            return await store.append([change], speaker, key=key)
        except StoreAway:
            await asyncio.sleep(0.1)


async def _reported(client: httpx.AsyncClient, key: str) -> str:
    while True:
        try:
            answer = await client.post(
                "/intake/v1/reports", json=REPORT, headers={"Idempotency-Key": key}, timeout=40
            )
            if answer.is_success:
                return str(answer.json()["case_id"])
            assert answer.status_code in (500, 503, 504), answer.text
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.2)


async def _assert_whole(nodes: ReplicaSet, database: Any, name: str, cases: int, steps: list[str]) -> None:
    where = Where(nodes.uri, {}, name)
    report = await asyncio.to_thread(verify_range, where, Range(UUID(int=0), UUID(int=2**128 - 1)))
    # The samples name words and photos that nobody stored.
    assert [finding for finding in report.findings if finding.kind != "content"] == []
    types = [event["type"] async for event in database["case_events"].find({}, {"type": 1})]
    assert Counter(types) == {f"{step}.v1": cases for step in steps}


@asynccontextmanager
async def _intake(nodes: ReplicaSet, folder: Path, database: str) -> AsyncIterator[httpx.AsyncClient]:
    """Intake's HTTP door in a process of its own."""
    signing, port = new_signing_key(), free_port()
    master_key = base64.b64encode(bytes(32)).decode()
    for secret, text in (
        ("mongo_password", nodes.password),
        ("kafka_password", "-"),
        ("master_key", master_key),
    ):
        (folder / secret).write_text(text)
    env = {
        "BANJIE_SERVICE": "intake",
        "BANJIE_MONGO_URI": f"mongodb://{nodes.uri.partition('@')[2]}",
        "BANJIE_MONGO_USER": ADMIN,
        "BANJIE_MONGO_DATABASE": database,
        "BANJIE_SECRETS_DIR": str(folder),
        "BANJIE_VERIFY_KEY": json.dumps(public_part(signing)),
        "BANJIE_HTTP_PORT": str(port),
        "PATH": "",
    }
    command = [sys.executable, "-m", "cli.process", "intake", "api"]
    process = await asyncio.create_subprocess_exec(*command, env=env)
    who = Principal("g-1", frozenset({"grid_worker"}), OFFICE, expires=now_us() + 3600_000_000)
    headers = {"Authorization": f"Bearer {sign(who, signing, now_us(), 'k1')}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            await _answers(client)
            yield client
    finally:
        process.kill()
        await process.wait()


async def _answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(40):
        while True:
            try:
                if (await client.get("/readyz")).status_code < 600:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
