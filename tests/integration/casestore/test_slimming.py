"""Snapshots of an earlier version, which grew with every note, fold again after the migration."""

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from libs.casestore.append import Appended
from libs.casestore.migrations import migrate
from libs.casestore.slimming import keep_the_reports_contents
from libs.casework.draft import Change, NewCase
from libs.casework.events import ContentRef
from libs.casework.references import references
from libs.casework.samples import example
from libs.casework.samples.examples import PHOTO, WORDS
from libs.casework.vocabulary import Service
from tests.support.cases import OFFICE, a_speaker
from tests.support.stores import Bench, keep_sample_contents, reported_as, saying

STEPS = (
    ("dispatch", "noted"),
    ("intake", "details_added"),
    ("triage", "filed"),
    ("dispatch", "attention_ordered"),
)


async def a_noted_case(bench: Bench, *contents: ContentRef) -> UUID:
    """A case whose report names `contents`, and later events more."""
    case_id = uuid7()
    report = reported_as(case_id).model_copy(update={"contents": contents})
    key = bench.vault.new_key(case_id).wrapped
    opened = await bench.store.append(
        [Change(case_id, NewCase(OFFICE), (report,))], a_speaker(Service.INTAKE), case_keys=(key,)
    )
    later = await bench.store.append_many(
        [saying(Service(who), case_id, example(what)) for who, what in STEPS]
    )
    assert all(isinstance(each, Appended) for each in (opened, *later))
    return case_id


async def grown(bench: Bench, case_id: UUID) -> None:
    """Its snapshot as an earlier version kept it: with what every event names."""
    log = await bench.store.log(case_id)
    named = [ref.model_dump() for sealed in log for ref in references([sealed.entry.data])]
    await bench.database["cases"].update_one({"_id": case_id}, {"$set": {"contents": named}})


async def some_cases(bench: Bench) -> list[UUID]:
    await keep_sample_contents(bench)
    reports = ((WORDS, PHOTO), (), (WORDS,), (), (WORDS, PHOTO))
    return [await a_noted_case(bench, *contents) for contents in reports]


async def snapshots(bench: Bench) -> list[dict[str, Any]]:
    return await bench.database["cases"].find().sort("_id", 1).to_list()


async def test_grown_snapshots_become_what_their_logs_fold_to(bench: Bench) -> None:
    cases = await some_cases(bench)
    now = await snapshots(bench)
    for case_id in cases[:4]:
        await grown(bench, case_id)
    await bench.database["migrations"].delete_one({"_id": 4})
    assert {finding.what for finding in bench.verify().findings} == {
        "the log folds to something else in: contents"
    }

    assert await migrate(bench.database) == ["contents of the report only in snapshots"]

    assert bench.verify().findings == ()
    assert await snapshots(bench) == now


async def test_it_can_run_in_small_pieces_and_again(bench: Bench) -> None:
    cases = await some_cases(bench)
    now = await snapshots(bench)
    for case_id in cases:
        await grown(bench, case_id)
    for together in (1, 2, 1000):
        await keep_the_reports_contents(bench.database, together)
        assert await snapshots(bench) == now
        await grown(bench, cases[2])


async def test_a_case_goes_on_after_it(bench: Bench) -> None:
    case_id, *_ = await some_cases(bench)
    await grown(bench, case_id)
    await keep_the_reports_contents(bench.database)

    await bench.store.append_many([saying(Service.DISPATCH, case_id, example("noted"))])

    assert bench.verify().findings == ()


async def test_what_somebody_edited_is_not_mended_and_what_is_damaged_stops_nothing(bench: Bench) -> None:
    edited, damaged, other = (await some_cases(bench))[::2]
    for case_id in (edited, damaged, other):
        await grown(bench, case_id)
    await bench.database["cases"].update_one({"_id": edited}, {"$set": {"contents.0.kind": "photo"}})
    await bench.database["case_events"].update_one({"case_id": damaged, "seq": 1}, {"$set": {"body": b"?"}})

    await keep_the_reports_contents(bench.database)

    found = {finding.case_id: finding.kind for finding in bench.verify().findings}
    assert found.keys() == {edited, damaged}
    assert found[edited] == "fold"
