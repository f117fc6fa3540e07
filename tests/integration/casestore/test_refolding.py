"""Snapshots of a version that did not keep why a case waits, and which orders are open, fold again after the migration."""

from typing import Any
from uuid import UUID

from libs.casestore.content import KEYS
from libs.casestore.migrations import migrate
from libs.casestore.refolding import keep_waits_and_orders, keep_what_photos_show
from libs.casework.draft import Whatever
from libs.casework.lifecycle import row_of
from libs.casework.samples import example
from libs.casework.vocabulary import Stage
from tests.support.cases import THE_WAY_TO
from tests.support.stores import Bench, keep_sample_contents

NEW: dict[str, Any] = {"$unset": {"suspended": "", "orders": ""}}


async def a_case(bench: Bench, stage: Stage, *more: str) -> UUID:
    case_id = await bench.reported()
    for step in (*THE_WAY_TO[stage].split()[1:], *more):
        event = example(step)
        row = row_of(event.name())
        assert row is not None
        await bench.say(min(row.said_by), Whatever(), case_id, event)
    return case_id


async def snapshots(bench: Bench) -> dict[UUID, dict[str, Any]]:
    return {each["_id"]: each async for each in bench.database["cases"].find()}


async def some_cases(bench: Bench) -> list[UUID]:
    await keep_sample_contents(bench)
    return [
        await a_case(bench, Stage.SUSPENDED),
        await a_case(bench, Stage.SUSPENDED, "attention_ordered", "suspension_reviewed"),
        await a_case(bench, Stage.WORKING, "attention_ordered", "attention_ordered"),
        await a_case(bench, Stage.REPORTED, "attention_ordered", "rejected"),
        await a_case(bench, Stage.WORKING),
    ]


async def test_what_an_earlier_version_left_out_is_added_page_by_page_and_once(bench: Bench) -> None:
    cases = await some_cases(bench)
    await bench.database[KEYS].insert_many([{"_id": case_id} for case_id in cases])
    whole = await snapshots(bench)
    await bench.database["cases"].update_many({}, NEW)
    assert await snapshots(bench) != whole
    await bench.database["migrations"].delete_one({"_id": 5})
    assert await migrate(bench.database) == ["suspensions and open orders in snapshots"]
    assert await snapshots(bench) == whole
    await bench.database["cases"].update_many({}, NEW)
    for _ in range(2):
        await keep_waits_and_orders(bench.database, together=1)
    assert await snapshots(bench) == whole
    assert bench.verify().findings == ()


async def test_a_damaged_log_and_a_snapshot_that_has_moved_on_are_left_alone(bench: Bench) -> None:
    damaged, moved, *_ = await some_cases(bench)
    await bench.database["cases"].update_many({}, NEW)
    events = bench.database["case_events"]
    last = await events.find_one({"case_id": damaged}, sort=[("seq", -1)])
    assert last is not None
    await events.update_one({"_id": last["_id"]}, {"$set": {"body": b"{"}})
    await bench.database["cases"].update_one({"_id": moved}, {"$inc": {"seq": 1}})
    await keep_waits_and_orders(bench.database)
    after = await snapshots(bench)
    assert ["suspended" in after[each] for each in (damaged, moved)] == [False, False]


async def test_what_photos_show_is_added_to_cases_that_have_any(bench: Bench) -> None:
    await keep_sample_contents(bench)
    cases = [await a_case(bench, stage, "details_added") for stage in (Stage.RESOLVED, Stage.FILED)]
    files = bench.database["photos.files"]
    await files.insert_many([{"metadata": {"case_id": case}, "n": n} for case in cases for n in range(2)])
    whole = await snapshots(bench)
    assert [(whole[case].get("before_shown"), whole[case].get("after_shown")) for case in cases] == [
        (True, True),
        (True, None),
    ]
    await bench.database["cases"].update_many({}, {"$unset": {"before_shown": "", "after_shown": ""}})
    await bench.database["migrations"].delete_one({"_id": 6})
    assert await migrate(bench.database) == ["what photos show in snapshots"]
    assert await snapshots(bench) == whole
    await bench.database["cases"].update_many({}, {"$unset": {"before_shown": "", "after_shown": ""}})
    for _ in range(2):
        await keep_what_photos_show(bench.database, together=1)
    assert await snapshots(bench) == whole
