"""The rows say when to look, and are made again from the log whatever has become of them."""

from libs.casework.samples import example
from libs.casework.vocabulary import Stage
from services.sla.rows import UNREADABLE
from tests.integration.sla.conftest import Room
from tests.integration.sla.test_firing import ALL


async def test_an_empty_collection_is_made_again(room: Room) -> None:
    case, ended = await room.dispatched(), await room.dispatched(Stage.REJECTED)
    before = await room.ports.database["sla_next"].find().to_list()
    await room.ports.database["sla_next"].drop()
    assert await room.swept() == 1
    assert await room.ports.database["sla_next"].find().to_list() == before
    assert await room.swept() == 0
    assert set(await room.rows.seqs([case.id, ended.id])) == {case.id}


async def test_a_lost_record_is_found_by_the_sweep(room: Room) -> None:
    case = await room.dispatched()
    await room.garden.say(case.id, example("accepted"))
    assert await room.swept() == 1
    await room.fire("10:30")
    assert await room.said(case.id) == []


async def test_what_has_just_changed_is_left_to_its_news(room: Room) -> None:
    case = await room.dispatched()
    await room.garden.say(case.id, example("accepted"))
    assert await room.swept(unchanged_s=60) == 0
    room.wall.now += 60_000_000
    assert await room.swept(unchanged_s=60) == 1


async def test_a_row_from_before_a_restore_does_not_stand(room: Room) -> None:
    case = await room.dispatched()
    await room.ports.database["sla_next"].update_one(
        {"_id": case.id}, {"$set": {"seq": case.seq + 9, "at": 1}}
    )
    assert await room.swept() == 1
    assert (await room.rows.seqs([case.id]))[case.id] == case.seq
    await room.fire("09:45")
    assert await room.said(case.id) == ALL[:1]


async def test_rows_of_other_data_and_of_ended_cases_do_not_stay(room: Room) -> None:
    case, ended = await room.dispatched(), await room.dispatched()
    await room.garden.say(ended.id, example("returned"))
    await room.garden.say(ended.id, example("merged"))
    await room.ports.database["sla_next"].update_one({"_id": case.id}, {"$set": {"data": "older"}})
    assert await room.swept() == 1
    assert await room.rows.page(None, 10) == [case.id]


async def test_a_case_of_a_later_version_is_left_alone_and_holds_nobody_up(room: Room) -> None:
    case, strange = await room.dispatched(), await room.dispatched()
    events = room.ports.database["case_events"]
    last = await events.find_one({"case_id": strange.id}, sort=[("seq", -1)])
    assert last is not None
    body = bytes(last["body"]).replace(b"dispatched.v1", b"dispatched.v9")
    await events.update_one({"_id": last["_id"]}, {"$set": {"body": body}})
    await room.fire("10:01")
    assert await room.said(case.id) == ALL[:3]
    assert (await room.rows.seqs([strange.id]))[strange.id] == UNREADABLE
