"""The worker while the broker is frozen, killed, emptied; and two workers of one group."""

import asyncio

import pytest

from libs.plumbing.embedded.running import RunningServers
from tests.integration.plumbing.workplace import Workplace, ended, stopped, until

pytestmark = pytest.mark.faults


async def test_a_broker_that_is_frozen_and_then_killed_is_waited_for(
    own_servers: RunningServers, own_workplace: Workplace
) -> None:
    child = await own_workplace.work()
    await own_workplace.send(*["ok"] * 5, "refuse")
    await until(lambda: _handled(own_workplace, 6))
    own_servers.freeze("kafka")
    await asyncio.sleep(12)  # longer than the session of the consumer
    own_servers.thaw("kafka")
    await own_workplace.send(*["ok"] * 5, "refuse")
    await until(lambda: _handled(own_workplace, 12))
    await asyncio.to_thread(own_servers.restart, "kafka")
    await own_workplace.send(*["ok"] * 5, "refuse")
    await until(lambda: _handled(own_workplace, 18))
    assert child.returncode is None
    assert await stopped(child) == 0


async def test_an_emptied_broker_ends_the_process_to_restart_at_once(
    own_servers: RunningServers, own_workplace: Workplace
) -> None:
    child = await own_workplace.work()
    await own_workplace.send("ok")
    await until(lambda: _handled(own_workplace, 1))
    await asyncio.to_thread(own_servers.empty_kafka)
    own_workplace.make_topics(own_workplace.topic, f"{own_workplace.topic}.rejected")
    assert await ended(child, within=60) == 75


async def test_the_survivor_of_two_takes_over_what_the_dead_one_had(workplace: Workplace) -> None:
    first = await workplace.work(instance="a")
    second = await workplace.work(instance="b")
    await until(lambda: _both(workplace))
    first.kill()
    await first.wait()
    for number in range(20):
        await workplace.send("ok", key=f"case-{number}")
    await until(lambda: _handled(workplace, 20))
    assert await stopped(second) == 0


async def _both(workplace: Workplace) -> bool:
    return workplace.log.read_text().count('"event": "worker_started"') == 2


async def _handled(workplace: Workplace, count: int) -> bool:
    return len(await workplace.handled()) == count
