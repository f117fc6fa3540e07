"""What was lost comes back by itself: the place in the stream, the broker's data, either server."""

import asyncio
from typing import Any

import pytest

from libs.casework.topics import CASES
from libs.plumbing.telemetry import REGISTRY
from services.relay.place import PLACE
from tests.integration.relay.newsroom import Newsroom, a_story, followed, until

INTAKE = "banjie.intake"
# kafka-python leaves the sockets of refused connections to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


async def _let_the_oplog_forget(room: Newsroom) -> None:
    """Let so much happen that everything until now falls off; only what a checkpoint (once a minute) has seen may."""
    now = (await room.client.admin.command("hello"))["operationTime"]
    filling: Any = room.client["flood"]["filling"]
    oplog: Any = room.client["local"]["oplog.rs"]
    while (await oplog.find_one(sort=[("$natural", 1)]))["ts"] <= now:
        await filling.insert_many([{"stuff": "x" * 100_000} for _ in range(20)])
        await asyncio.sleep(0.05)
    await room.client.drop_database("flood")


@pytest.mark.faults
async def test_a_place_that_fell_off_the_oplog_is_made_good(frail: Newsroom) -> None:
    first = await frail.following()
    await frail.write(*(a_story() for _ in range(5)))
    await frail.complete(CASES)
    await first.stop()
    await frail.write(*(a_story() for _ in range(5)))
    await _let_the_oplog_forget(frail)
    healed = _places_made_good()
    await frail.write(*(a_story() for _ in range(5)))
    await frail.following()
    await frail.write(*(a_story() for _ in range(5)))
    assert await frail.complete(CASES) == frail.written
    assert _places_made_good() == healed + 1


def _places_made_good() -> float:
    return REGISTRY.get_sample_value("banjie_relay_heals_total", {"service": "relay", "what": "place"}) or 0.0


@pytest.mark.parametrize(
    "token", [{"_data": "garbage"}, {"other": 1}, {}, {"_data": "82FFFFFFFF000000012B0229296E04"}, None]
)
async def test_a_token_that_is_none_is_made_good(newsroom: Newsroom, token: object) -> None:
    first = await newsroom.following()
    await newsroom.write(a_story())
    await newsroom.complete(CASES)
    await first.stop()
    await newsroom.write(a_story())
    await newsroom.database[PLACE].update_one({}, {"$set": {"token": token}})
    await newsroom.relay()
    assert await newsroom.complete(CASES) == newsroom.written


async def test_a_log_that_was_dropped_and_restored_is_followed_again(newsroom: Newsroom) -> None:
    await newsroom.following()
    await newsroom.write(a_story())
    await newsroom.complete(CASES)
    await newsroom.database["case_events"].rename("case_events_old")
    await newsroom.write(a_story())
    assert await newsroom.complete(CASES) == newsroom.written


async def test_an_emptied_broker_is_filled_again(frail: Newsroom) -> None:
    await frail.following()
    await frail.write(*(a_story() for _ in range(30)))
    await frail.complete(CASES)
    await asyncio.to_thread(frail.servers.empty_kafka)
    frail.forget_offsets()
    await frail.write(*(a_story() for _ in range(10)))
    await frail.make_topics()
    assert await frail.complete(CASES, 40) == frail.written
    assert set(followed(await frail.heard(INTAKE))) == set(frail.written)


async def test_a_broker_that_was_emptied_while_no_relay_ran_is_filled_again(frail: Newsroom) -> None:
    first = await frail.following()
    await frail.write(*(a_story() for _ in range(10)))
    await frail.complete(CASES)
    await first.stop()
    await asyncio.to_thread(frail.servers.empty_kafka)
    frail.forget_offsets()
    await frail.make_topics()
    await frail.relay()
    assert await frail.complete(CASES, 30) == frail.written


async def test_only_the_topic_that_was_lost_is_filled_again(newsroom: Newsroom) -> None:
    await newsroom.following()
    await newsroom.write(*(a_story() for _ in range(10)))
    await newsroom.complete(CASES)
    await newsroom.drop_topic(INTAKE)
    await newsroom.make_topics()
    await until(lambda: _intake_is_back(newsroom), 20)
    assert len(await newsroom.heard(CASES)) == 90


async def test_a_broker_that_is_away_for_a_while_is_waited_for(frail: Newsroom) -> None:
    await frail.following()
    await frail.write(*(a_story() for _ in range(5)))
    await asyncio.to_thread(frail.servers.kill, "kafka")
    await frail.write(*(a_story() for _ in range(5)))
    await asyncio.to_thread(frail.servers.wait_up)
    assert await frail.complete(CASES, 30) == frail.written


async def test_a_database_that_is_away_for_a_while_is_waited_for(frail: Newsroom) -> None:
    await frail.following()
    await frail.write(*(a_story() for _ in range(5)))
    await asyncio.to_thread(frail.servers.restart, "mongod")
    await frail.write(*(a_story() for _ in range(5)))
    assert await frail.complete(CASES, 30) == frail.written


async def _intake_is_back(newsroom: Newsroom) -> bool:
    return set(followed(await newsroom.heard(INTAKE))) == set(newsroom.written)
