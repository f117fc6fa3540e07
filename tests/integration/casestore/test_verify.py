"""Verify names whatever was changed, removed, inserted or reordered."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.casestore.verify import verify
from libs.casework.draft import Whatever
from libs.casework.samples import example
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from tests.support.stores import Bench, keep_sample_contents, saying

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


async def test_a_key_that_is_gone_without_a_recorded_erasure_is_named(bench: Bench) -> None:
    await keep_sample_contents(bench)
    case_id, erased = await bench.reported(), await bench.reported()
    for each in (case_id, erased):
        await bench.say(Service.DISPATCH, Whatever(), each, example("noted"))
    await bench.vault.erase(erased, now_us())

    (finding,) = bench.verify().findings

    assert (finding.case_id, finding.kind) == (case_id, "content")
    assert "no erasure" in finding.what


async def test_an_answer_that_was_edited_is_named(bench: Bench) -> None:
    case_id = await bench.reported(key="k")
    await bench.database["case_events"].update_one({"key": "k"}, {"$set": {"spans.0.3": 9}})

    (finding,) = bench.verify().findings

    assert (finding.case_id, finding.seq, finding.kind) == (case_id, 1, "answer")


async def test_what_no_case_id_leads_to_is_named(bench: Bench) -> None:
    case_id = await bench.reported()
    entry = await bench.database["case_events"].find_one({"case_id": case_id})
    await bench.database["case_events"].insert_one(entry | {"_id": UUID(int=7), "case_id": b"x" * 16})

    report = verify(bench.where, 1)

    assert [finding.kind for finding in report.findings] == ["nowhere"]


async def test_a_key_used_twice_is_named_even_without_its_index(bench: Bench) -> None:
    events = bench.database["case_events"]
    await bench.reported(key="once")
    second = await bench.reported(key="twice")
    await events.drop_index("once")
    await events.update_one({"case_id": second}, {"$set": {"key": "once"}})

    kinds = {finding.kind for finding in verify(bench.where, 1).findings}

    assert kinds == {"schema", "key", "copy"}


async def test_a_running_system_gives_no_false_findings(bench: Bench) -> None:
    cases = [await bench.reported() for _ in range(60)]
    over = asyncio.Event()

    async def work() -> None:
        while not over.is_set():
            await bench.store.append_many(
                [saying(Service.SLA, case, example("deadline_warned")) for case in cases]
            )

    working = asyncio.create_task(work())
    reports = [await asyncio.to_thread(bench.verify) for _ in range(8)]
    over.set()
    await working

    assert [report.findings for report in reports] == [()] * 8
    assert len({report.events for report in reports}) > 1
