"""One relay is active; killed, stopped or ended, another goes on, and nothing is lost."""

import asyncio
import random
import signal
from time import monotonic

import pytest

from libs.casework.topics import CASES
from tests.integration.relay.newsroom import Newsroom, a_story, until

pytestmark = pytest.mark.faults


async def _epoch_above(newsroom: Newsroom, epoch: int) -> bool:
    return bool((await newsroom.place()).get("epoch", 0) > epoch)


async def _is_active(newsroom: Newsroom, epoch: int = 0) -> int:
    await until(lambda: _epoch_above(newsroom, epoch), 15)
    return int((await newsroom.place())["epoch"])


async def _writing(newsroom: Newsroom, seconds: float) -> None:
    end = monotonic() + seconds
    while monotonic() < end:
        await newsroom.write(*(a_story() for _ in range(5)), group=9)


async def test_a_killed_relays_place_is_taken_within_ten_seconds_and_nothing_is_lost(
    newsroom: Newsroom,
) -> None:
    first = await newsroom.child()
    await _is_active(newsroom)
    second = await newsroom.relay()
    writing = asyncio.create_task(_writing(newsroom, 6))
    await asyncio.sleep(random.uniform(0.5, 1.5))
    first.send_signal(signal.SIGKILL)
    killed = monotonic()
    await until(lambda: _active(second), 15)
    took = monotonic() - killed
    await writing
    assert took < 10, took
    assert await newsroom.complete(CASES) == newsroom.written


async def test_kills_at_random_moments_lose_nothing_and_keep_the_order(newsroom: Newsroom) -> None:
    epoch = 0
    for _ in range(3):
        relay = await newsroom.child()
        writing = asyncio.create_task(_writing(newsroom, 2))
        epoch = await _is_active(newsroom, epoch)
        await asyncio.sleep(random.uniform(0, 0.7))
        relay.send_signal(signal.SIGKILL)
        await writing
        await newsroom.database["leases"].delete_many({})  # the next need not wait for the lease to end
        await newsroom.database["leases"].insert_one(_free_lease(epoch))
    await newsroom.relay()
    assert await newsroom.complete(CASES, 30) == newsroom.written


async def test_a_relay_that_was_stopped_past_its_lease_steps_down(newsroom: Newsroom) -> None:
    first = await newsroom.child()
    epoch = await _is_active(newsroom)
    second = await newsroom.relay()
    writing = asyncio.create_task(_writing(newsroom, 12))
    await asyncio.sleep(0.7)
    first.send_signal(signal.SIGSTOP)
    stopped = monotonic()
    higher = await _is_active(newsroom, epoch)
    assert monotonic() - stopped < 10
    first.send_signal(signal.SIGCONT)
    await writing
    assert (await newsroom.place())["epoch"] == higher
    assert (await second.ready()).startswith(f"active, epoch {higher}")
    assert first.returncode is None
    assert b"stepped_down" in (newsroom.folder / "relay.log").read_bytes()
    assert await newsroom.complete(CASES) == newsroom.written


async def test_a_relay_that_ends_hands_over_at_once(newsroom: Newsroom) -> None:
    first = await newsroom.following()
    second = await newsroom.relay()
    await until(second.ready)
    assert await second.ready() == "standby"
    await newsroom.write(a_story())
    await first.stop()
    assert await until(lambda: _active(second), 5) < 4
    await newsroom.write(a_story())
    assert await newsroom.complete(CASES) == newsroom.written


async def test_a_lease_that_forgot_its_epoch_is_overcome(newsroom: Newsroom) -> None:
    first = await newsroom.following()
    await first.stop()
    await newsroom.database["relay_place"].update_one({}, {"$set": {"epoch": 3}})
    await newsroom.database["leases"].delete_many({})
    await newsroom.relay()
    await newsroom.write(a_story())
    assert await newsroom.complete(CASES, 20) == newsroom.written


async def _active(relay: object) -> bool:
    return str(await relay.ready()).startswith("active")  # type: ignore[attr-defined]


def _free_lease(epoch: int) -> dict[str, object]:
    from libs.plumbing.leases import NEVER

    return {"_id": "relay", "holder": "", "epoch": epoch, "expires_at": NEVER}
