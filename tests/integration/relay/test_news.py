"""From the case log to the topics."""

import asyncio
import json
from time import monotonic

from libs.casework.topics import CASES, VOICES
from libs.casework.wire import outward_bytes
from services.relay.broker import REJECTED
from services.relay.skipped import SKIPPED
from tests.integration.relay.newsroom import Newsroom, a_story, document, until


async def test_every_entry_arrives_once_and_in_order(newsroom: Newsroom) -> None:
    await newsroom.following()
    cases = [a_story() for _ in range(40)]
    await newsroom.write(*cases, group=37)
    assert await newsroom.complete(CASES) == newsroom.written
    assert len(await newsroom.heard(CASES)) == sum(len(case.log) for case in cases)


async def test_what_was_there_before_the_first_start_arrives_too(newsroom: Newsroom) -> None:
    await newsroom.write(*(a_story() for _ in range(5)))
    await newsroom.relay()
    assert await newsroom.complete(CASES) == newsroom.written


async def test_a_record_is_the_wire_form_under_its_case(newsroom: Newsroom) -> None:
    await newsroom.relay()
    case = a_story("reported classified filed")
    await newsroom.write(case)
    await newsroom.complete(CASES)
    heard = await newsroom.heard(CASES)
    assert [record.value for record in heard] == [outward_bytes(one.entry) for one in case.log]
    assert {record.key for record in heard} == {str(case.case_id).encode()}


async def test_a_voice_carries_only_what_wakes_another_service(newsroom: Newsroom) -> None:
    await newsroom.relay()
    await newsroom.write(
        a_story(), a_story("reported classified filed dispatched accepted started resolved check_failed")
    )
    await newsroom.complete(CASES)
    said = {voice: [json.loads(one.value)["type"] for one in await newsroom.heard(voice)] for voice in VOICES}
    assert said == {
        "banjie.intake": ["banjie.case.reported.v1"] * 2,
        "banjie.triage": ["banjie.case.filed.v1"] * 2,
        "banjie.dispatch": ["banjie.case.resolved.v1"] * 2,
        "banjie.closure": ["banjie.case.check_failed.v1"],
    }


async def test_news_is_on_the_topic_soon_after_the_commit(newsroom: Newsroom) -> None:
    await newsroom.following()
    await newsroom.write(a_story("reported"))
    took = []
    for _ in range(20):
        before = sum((await newsroom.look())[CASES].ends)
        await newsroom.write(a_story("reported"))
        began = monotonic()
        broker_after = before
        while broker_after == before:
            broker_after = sum((await newsroom.look())[CASES].ends)
        took.append(monotonic() - began)
        await asyncio.sleep(0.02)
    assert sorted(took)[10] < 0.1


async def test_the_place_follows_and_a_restart_goes_on_from_it(newsroom: Newsroom) -> None:
    first = await newsroom.relay()
    await newsroom.write(a_story())
    await newsroom.complete(CASES)
    await first.stop()
    await newsroom.write(a_story())
    await newsroom.relay()
    assert await newsroom.complete(CASES) == newsroom.written
    assert len(await newsroom.heard(CASES)) == 18


async def test_an_entry_that_cannot_be_read_stops_nobody_elses_news(newsroom: Newsroom) -> None:
    await newsroom.following()
    odd, damaged, well = a_story("reported"), a_story("reported"), a_story()
    await newsroom.insert(
        [
            document(odd.log[0])
            | {"body": odd.log[0].body.replace(b"reported.v1", b"foretold.v7"), "type": "foretold.v7"},
            document(damaged.log[0]) | {"body": b"\x00 broken"},
        ]
    )
    await newsroom.write(well)
    assert await newsroom.complete(CASES) == newsroom.written
    found = {note["case_id"]: note async for note in newsroom.database[SKIPPED].find()}
    assert set(found) == {odd.case_id, damaged.case_id}
    assert found[odd.case_id]["_id"] == odd.log[0].entry.id
    assert found[odd.case_id]["reason"] == "unknown event type foretold.v7"
    told = [json.loads(record.value) for record in await newsroom.heard(REJECTED)]
    assert {one["key"] for one in told} >= {str(odd.case_id), str(damaged.case_id)}


async def test_what_was_passed_by_is_published_once_it_can_be_read(newsroom: Newsroom) -> None:
    first = await newsroom.following()
    case = a_story("reported classified filed")
    whole = document(case.log[1])
    await newsroom.insert([document(case.log[0]), whole | {"body": b"damaged"}, document(case.log[2])])
    await until(lambda: _heard(newsroom, [1, 3]))
    await first.stop()
    await newsroom.database["case_events"].update_one(
        {"_id": whole["_id"]}, {"$set": {"body": whole["body"]}}
    )
    await newsroom.relay()
    await until(lambda: _nothing_is_passed_by(newsroom))
    assert await _heard(newsroom, [1, 3, 1, 2, 3])


async def _heard(newsroom: Newsroom, seqs: list[int]) -> bool:
    return [record.seq for record in await newsroom.heard(CASES)] == seqs


async def _nothing_is_passed_by(newsroom: Newsroom) -> bool:
    return await newsroom.database[SKIPPED].count_documents({}) == 0
