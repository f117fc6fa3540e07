"""Verify names whatever was changed, removed, inserted or reordered."""

from typing import Any
from uuid import UUID

import pytest

from libs.casestore.verify import verify
from libs.casework.draft import Whatever
from libs.casework.samples import example
from libs.casework.vocabulary import Service
from tests.support.stores import Bench, saying

STEPS = (("triage", "filed"), ("dispatch", "dispatched"), ("dispatch", "accepted"), ("dispatch", "started"))


async def a_working_case(bench: Bench) -> UUID:
    case_id = await bench.reported()
    await bench.store.append_many([saying(Service(who), case_id, example(what)) for who, what in STEPS])
    return case_id


async def test_an_untouched_log_verifies_in_parallel(bench: Bench) -> None:
    for _ in range(12):
        await a_working_case(bench)
    seen: list[int] = []

    report = verify(bench.where, 2, lambda cases, events: seen.append(cases))

    assert (report.cases, report.events, report.findings) == (12, 60, ())
    assert sum(seen) == 12


async def changed(events: Any, case_id: UUID) -> None:
    entry = await events.find_one({"case_id": case_id, "seq": 3})
    await events.update_one(
        {"_id": entry["_id"]}, {"$set": {"body": bytes(entry["body"]).replace(b"4", b"5")}}
    )


async def removed(events: Any, case_id: UUID) -> None:
    await events.delete_one({"case_id": case_id, "seq": 3})


async def inserted(events: Any, case_id: UUID) -> None:
    entry = await events.find_one({"case_id": case_id, "seq": 5})
    await events.insert_one(entry | {"_id": UUID(int=5), "seq": 6})


async def reordered(events: Any, case_id: UUID) -> None:
    for old, new in ((3, 90), (4, 3), (90, 4)):
        await events.update_one({"case_id": case_id, "seq": old}, {"$set": {"seq": new}})


async def relabelled(events: Any, case_id: UUID) -> None:
    await events.update_one({"case_id": case_id, "seq": 3}, {"$set": {"said_by": "intake"}})


@pytest.mark.parametrize("tamper", [changed, removed, inserted, reordered, relabelled])
async def test_tampering_is_named_with_case_and_entry(bench: Bench, tamper: Any) -> None:
    await a_working_case(bench)
    case_id = await a_working_case(bench)

    await tamper(bench.database["case_events"], case_id)

    findings = bench.verify().findings
    assert {finding.case_id for finding in findings} == {case_id}
    assert min(finding.seq for finding in findings) >= 3


async def test_an_edited_snapshot_is_named(bench: Bench) -> None:
    case_id = await a_working_case(bench)
    await bench.database["cases"].update_one({"_id": case_id}, {"$set": {"category": "praise"}})

    (finding,) = bench.verify().findings

    assert (finding.case_id, finding.kind) == (case_id, "fold")
    assert "category" in finding.what


async def test_a_snapshot_without_its_log_and_a_log_without_its_snapshot_are_named(bench: Bench) -> None:
    first, second = await bench.reported(), await bench.reported()
    await bench.database["case_events"].delete_many({"case_id": first})
    await bench.database["cases"].delete_one({"_id": second})

    assert {(f.case_id, f.kind) for f in bench.verify().findings} == {
        (first, "no-log"),
        (second, "no-snapshot"),
    }


async def test_content_that_was_lost_is_named(bench: Bench) -> None:
    case_id = await bench.reported()
    await bench.database["case_keys"].insert_one({"_id": case_id})
    await bench.say(Service.DISPATCH, Whatever(), case_id, example("noted"))

    (finding,) = bench.verify().findings

    assert (finding.case_id, finding.kind) == (case_id, "content")
