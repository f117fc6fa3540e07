"""Killed writers, frozen and restarted servers, names that are taken: nobody loses anything, nobody waits for ever."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from time import monotonic
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended
from libs.casestore.committer import StoreAway
from libs.casestore.store import CaseStore
from libs.casestore.waiting import Grouping
from libs.casework.draft import Change, NewCase
from libs.casework.refusal import Refusal, Why
from libs.casework.samples import example
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.running import RunningServers
from tests.support.cases import OFFICE, a_speaker
from tests.support.stores import Bench, a_bench, reported_as, saying

pytestmark = pytest.mark.faults


async def a_writer(bench: Bench, cases: list[UUID]) -> asyncio.subprocess.Process:
    """A process that appends to these cases; returned once it has begun."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.append_program",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    asked = {
        "uri": bench.where.uri,
        "options": dict(bench.where.options),
        "database": bench.where.database,
        "cases": [str(each) for each in cases],
    }
    assert writer.stdin
    assert writer.stdout
    writer.stdin.write(json.dumps(asked).encode() + b"\n")
    await writer.stdin.drain()
    await writer.stdout.readline()
    return writer


async def test_a_writer_killed_in_the_middle_leaves_a_whole_log_and_frees_its_cases(bench: Bench) -> None:
    cases = [await bench.reported() for _ in range(150)]
    for more in (0.11, 0.23):
        writer = await a_writer(bench, cases)
        await asyncio.sleep(more)
        writer.kill()
        await writer.wait()
        began = monotonic()
        warned = [saying(Service.SLA, case, example("deadline_warned")) for case in cases]
        results = await bench.store.append_many(warned)
        assert all(isinstance(result, Appended) for result in results)
        # transactionLifetimeLimitSeconds is 5, and the server looks every second or so.
        assert monotonic() - began < 8
    assert bench.verify().findings == ()


@pytest.fixture
async def frail(own_servers: RunningServers) -> AsyncIterator[tuple[RunningServers, Bench]]:
    async with a_bench(own_servers) as fresh:
        yield own_servers, fresh


async def test_a_frozen_database_is_waited_for_and_then_named(frail: tuple[RunningServers, Bench]) -> None:
    servers, bench = frail
    case_id = await bench.reported()
    hasty = CaseStore(bench.database, clock=now_us, grouping=Grouping(patience_s=1.5))
    await hasty.start()
    warned = saying(Service.SLA, case_id, example("deadline_warned"))
    await asyncio.to_thread(servers.freeze, "mongod")
    began = monotonic()
    patient = [asyncio.create_task(bench.store.append_many([warned])) for _ in range(5)]
    impatient = hasty.append(warned.changes, warned.speaker, key="hasty")
    with pytest.raises(StoreAway):
        await impatient
    assert 1 < monotonic() - began < 5
    await asyncio.to_thread(servers.thaw, "mongod")

    answers = [answer for each in await asyncio.gather(*patient) for answer in each]
    again = await hasty.append(warned.changes, warned.speaker, key="hasty")
    await hasty.stop()

    assert all(isinstance(answer, Appended) for answer in [*answers, again])
    assert (await bench.store.load([case_id]))[case_id].seq == 1 + 5 + 1
    assert bench.verify().findings == ()


async def test_appends_without_a_key_happen_once_across_restarts(frail: tuple[RunningServers, Bench]) -> None:
    servers, bench = frail
    cases = [await bench.reported() for _ in range(40)]
    done = dict.fromkeys(cases, 0)
    over = asyncio.Event()

    async def warn(case_id: UUID) -> None:
        while not over.is_set():
            answer = await bench.say_all(saying(Service.SLA, case_id, example("deadline_warned")))
            done[case_id] += isinstance(answer, Appended)

    callers = [asyncio.create_task(warn(case)) for case in cases]
    for _ in range(2):
        await asyncio.sleep(0.5)
        await asyncio.to_thread(servers.restart, "mongod")
    await asyncio.sleep(0.5)
    over.set()
    await asyncio.gather(*callers)

    found = await bench.store.load(cases)
    assert {case: found[case].seq - 1 for case in cases} == done
    assert bench.verify().findings == ()


async def test_a_number_that_is_taken_is_refused_and_its_neighbours_are_not(bench: Bench) -> None:
    before = await bench.reported()
    ids = [uuid7() for _ in range(6)]
    numbers = [str(before), "twice", "twice", *(str(each) for each in ids[3:])]
    appends = [opening(case_id, number) for case_id, number in zip(ids, numbers, strict=True)]

    results = await bench.store.append_many(appends)

    refused = [isinstance(result, Refusal) and result.code is Why.CASE_EXISTS for result in results]
    assert refused == [True, False, True, False, False, False]
    assert bench.verify().findings == ()


async def test_content_and_case_keys_that_are_there_already_are_refused(bench: Bench) -> None:
    case_id, content_id = uuid7(), uuid7()
    key = bench.vault.new_key(case_id)
    _, stored = key.seal("words", content_id, b"once")
    first = opening(case_id, "first", contents=(stored,), case_keys=(key.wrapped,))
    same_content = opening(uuid7(), "second", contents=(stored,))
    same_key = opening(uuid7(), "third", case_keys=(key.wrapped,))

    results = [(await bench.store.append_many([each]))[0] for each in (first, same_content, same_key)]

    assert [isinstance(result, Appended) for result in results] == [True, False, False]


async def test_an_append_that_cannot_be_written_fails_alone(bench: Bench) -> None:
    cases = [await bench.reported() for _ in range(5)]
    appends = [saying(Service.SLA, case, example("deadline_warned")) for case in cases]
    appends[2] = saying(Service.SLA, cases[2], example("deadline_warned"), key="k" * 17_000_000)

    answers = await asyncio.gather(*(bench.say_all(each) for each in appends), return_exceptions=True)

    assert [isinstance(answer, Appended) for answer in answers] == [True, True, False, True, True]
    assert (await bench.store.load(cases))[cases[2]].seq == 1


async def test_a_store_that_was_stopped_says_so(bench: Bench) -> None:
    case_id = await bench.reported()
    await bench.store.stop()
    with pytest.raises(StoreAway):
        await bench.say_all(saying(Service.SLA, case_id, example("deadline_warned")))


def opening(case_id: UUID, number: str, **more: object) -> Append:
    event = reported_as(case_id).model_copy(update={"number": number})
    return Append((Change(case_id, NewCase(OFFICE), (event,)),), a_speaker(Service.INTAKE), **more)
