"""The relay stopped past its lease beside a second one, and an oplog that rolls over its place."""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest
from pymongo import MongoClient

from tests.faults.relays import RELAYS, stopped_past_its_lease, two_relays
from tests.faults.scenario import Scenario
from tests.support.partners import Partners
from tests.support.whole import Parts, Whole, a_whole_installation, second

pytestmark = [pytest.mark.faults, pytest.mark.timeout(500)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Two relays, and an oplog as short as MongoDB lets it be."""

    def change(whole: Whole, parts: Parts) -> Parts:
        mongod = parts["mongod"]
        short = replace(mongod, command=lambda: [*mongod.command(), "--oplogSize", "1"])
        return parts | {"mongod": short} | second(whole, parts["relay"])

    with a_whole_installation(tmp_path_factory.mktemp("pair") / "data", change) as one:
        yield one


async def test_a_relay_stopped_past_its_lease_gives_way_to_the_second(
    pair: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        await scenario.a_while()
        scenario.blow = perf_counter()
        await stopped_past_its_lease(pair)

    await scenario.run(pair, hurt)
    assert await two_relays(pair) == []


async def test_relays_that_slept_while_the_oplog_rolled_find_their_place_again(
    pair: Whole, scenario: Scenario
) -> None:
    lost = _places_lost(pair)

    async def hurt(partners: Partners) -> None:
        await scenario.a_while()
        await _signal(pair, signal.SIGSTOP)
        try:
            await asyncio.sleep(2)
            await asyncio.to_thread(_let_the_oplog_roll, pair)
        finally:
            await _signal(pair, signal.SIGCONT)
        scenario.blow = perf_counter()

    await scenario.run(pair, hurt)
    assert _places_lost(pair) > lost


def _places_lost(whole: Whole) -> int:
    """Found in mid-stream, or when a stream is opened."""
    told = "".join(whole.log(name) for name in RELAYS)
    return told.count("PlaceLost") + told.count("place_lost")


async def _signal(whole: Whole, number: signal.Signals) -> None:
    for name in RELAYS:
        await asyncio.to_thread(whole.signal, name, number)


def _let_the_oplog_roll(whole: Whole) -> None:
    """Until everything up to now has fallen off its end; only what a checkpoint has seen may."""
    with MongoClient[dict[str, Any]](whole.home.reach().mongo_uri) as client:
        now = client.admin.command("hello")["operationTime"]
        oplog = client["local"]["oplog.rs"]
        while _oldest(oplog) <= now:
            client["flood"]["filling"].insert_many([{"stuff": "x" * 100_000} for _ in range(20)])
            client.admin.command("fsync")
        client.drop_database("flood")


def _oldest(oplog: Any) -> Any:
    return oplog.find_one(sort=[("$natural", 1)])["ts"]
