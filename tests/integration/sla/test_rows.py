"""The rows say when to look, and are made again from the log whatever has become of them."""

from typing import Any

from pymongo.read_concern import ReadConcern

from libs.casework.deadlines.clocks import clocks
from libs.casework.samples import example
from libs.casework.vocabulary import Stage
from services.sla.app import reference
from services.sla.handlers import Keeper
from services.sla.rows import UNREADABLE, Rows
from services.sla.rules import Reference
from services.sla.sweep import Sweep
from services.sla.views import shown
from tests.integration.sla.conftest import Room
from tests.integration.sla.test_firing import ALL


async def test_an_empty_collection_is_made_again(room: Room) -> None:
    case, ended = await room.dispatched(), await room.dispatched(Stage.REJECTED)
    before = await _rows(room)
    await room.ports.database["sla_next"].drop()
    assert await room.swept() == 1
    assert await _rows(room) == before
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


async def test_an_empty_monitor_that_replays_the_whole_log_knows_the_same_to_the_byte(room: Room) -> None:
    plain, paused = await room.dispatched(), await room.dispatched(Stage.SUSPENDED)
    await room.fire("10:45")
    await room.garden.say(plain.id, example("accepted"))
    await room.swept()
    known = await _known(room, room.data)
    await room.ports.database["sla_next"].drop()

    empty, store = reference(), room.ports.store
    rows = Rows(room.ports.database, empty.version)
    await Sweep(store, rows, Keeper(store, rows, empty, room.ports.rejections)).round(room.wall())

    assert {case_id for case_id, _, _ in known} == {plain.id, paused.id}
    assert await _known(room, empty) == known


async def _known(room: Room, data: Reference) -> list[tuple[Any, dict[str, Any], list[bytes]]]:
    """Of each case: its row, and its clocks as they are shown."""
    rows = await _rows(room)
    logs = await room.ports.store.logs([row["_id"] for row in rows])
    return [(row["_id"], row, _clocks(logs[row["_id"]], data, room.wall())) for row in rows]


def _clocks(log: Any, data: Reference, now: int) -> list[bytes]:
    read = clocks(log, data.policies, data.calendars)
    return [each.model_dump_json().encode() for each in shown(read, data, now)]


async def _rows(room: Room) -> list[dict[str, Any]]:
    # They are written without waiting for a majority.
    rows = room.ports.database.get_collection("sla_next", read_concern=ReadConcern("local"))
    return await rows.find().sort("_id").to_list()
