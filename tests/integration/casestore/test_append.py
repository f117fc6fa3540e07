"""Appending is the only way to change a case."""

import asyncio

from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended, Claim
from libs.casestore.store import CaseStore
from libs.casestore.waiting import Grouping
from libs.casework.draft import AtRev, AtSeq, Change, NewCase, Whatever
from libs.casework.fold import fold
from libs.casework.refusal import Refusal, Why
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.clock import now_us
from tests.support.cases import OFFICE, a_speaker
from tests.support.stores import Bench, reported_as, saying


async def test_a_report_opens_a_case_that_its_log_folds_to(bench: Bench) -> None:
    case_id = await bench.reported()
    await bench.say(Service.TRIAGE, Whatever(), case_id, example("filed"))

    case = (await bench.store.load([case_id]))[case_id]
    log = await bench.store.log(case_id)

    assert case.stage is Stage.FILED
    assert fold((sealed.entry, sealed.hash) for sealed in log) == case


async def test_a_step_outside_the_table_is_refused_and_names_both_stages(bench: Bench) -> None:
    case_id = await bench.reported()

    refusal = await bench.say(Service.CLOSURE, Whatever(), case_id, example("closed"))

    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.stage, refusal.attempted) == (
        Why.NOT_THIS_STAGE,
        Stage.REPORTED,
        "closed.v1",
    )
    assert (await bench.store.load([case_id]))[case_id].seq == 1


async def test_the_same_key_again_gets_the_first_answer_again(bench: Bench) -> None:
    case_id = await bench.reported(key="publisher:a/1")
    again = await bench.say(
        Service.INTAKE, NewCase(OFFICE), uuid7(), reported_as(uuid7()), key="publisher:a/1"
    )

    assert again.already
    assert again.spans[0].case_id == case_id
    assert await bench.store.answered("publisher:a/1") == again


async def test_a_key_used_for_something_else_is_refused(bench: Bench) -> None:
    case_id = await bench.reported()
    note = (Change(case_id, Whatever(), (example("noted"),)),)
    await bench.store.append(note, a_speaker(Service.DISPATCH), key="k", fingerprint=b"one")

    refusal = await bench.store.append(note, a_speaker(Service.DISPATCH), key="k", fingerprint=b"two")

    assert isinstance(refusal, Refusal)
    assert refusal.code is Why.KEY_REUSED


async def test_a_key_tried_from_two_stores_at_once_takes_effect_once(bench: Bench) -> None:
    other = CaseStore(bench.database, clock=now_us)
    await other.start()
    case_id = await bench.reported()
    changes = (Change(case_id, Whatever(), (example("noted"),)),)

    answers = await asyncio.gather(
        *(
            store.append(changes, a_speaker(Service.DISPATCH), key=f"k{turn}")
            for turn in range(20)
            for store in (bench.store, other, bench.store)
        )
    )
    await other.stop()

    assert all(isinstance(answer, Appended) for answer in answers)
    for turn in range(20):
        assert len({answer.spans for answer in answers[turn * 3 : turn * 3 + 3]}) == 1
    assert len(await bench.store.log(case_id)) == 21


async def test_a_stale_neighbour_fails_alone(bench: Bench) -> None:
    cases = [await bench.reported() for _ in range(10)]
    appends = [saying(Service.TRIAGE, case, example("filed"), expect=AtSeq(1)) for case in cases]
    appends[3] = saying(Service.TRIAGE, cases[3], example("filed"), expect=AtSeq(7))

    results = await bench.store.append_many(appends)

    assert [isinstance(result, Refusal) for result in results] == [index == 3 for index in range(10)]
    assert results[3].code is Why.STALE


async def test_a_note_gives_nobody_a_conflict_and_a_change_does(bench: Bench) -> None:
    case_id = await bench.reported()
    await bench.say(Service.DISPATCH, Whatever(), case_id, example("noted"))

    filed = await bench.say(Service.TRIAGE, AtRev(1), case_id, example("filed"))
    late = await bench.say(Service.TRIAGE, AtRev(1), case_id, example("linked"))

    assert isinstance(filed, Appended)
    assert isinstance(late, Refusal)
    assert late.code is Why.STALE


async def test_several_appends_to_one_case_in_one_group_are_chained(bench: Bench) -> None:
    case_id = await bench.reported()
    steps = [
        ("triage", "filed"),
        ("dispatch", "dispatched"),
        ("dispatch", "accepted"),
        ("dispatch", "started"),
    ]

    results = await bench.store.append_many(
        [saying(Service(service), case_id, example(event)) for service, event in steps]
    )

    assert [result.spans[0].last_seq for result in results] == [2, 3, 4, 5]
    assert bench.verify().findings == ()


async def test_merging_two_cases_happens_to_both_or_to_none(bench: Bench) -> None:
    kept, merged = await bench.reported(), await bench.reported()
    into = example("merged").model_copy(update={"into": kept})
    linked = example("linked").model_copy(update={"other": merged})
    both = [Change(merged, Whatever(), (into,)), Change(kept, Whatever(), (linked,))]
    unknown = [both[0], Change(uuid7(), Whatever(), (linked,))]

    refused = await bench.store.append(unknown, a_speaker(Service.TRIAGE))
    assert isinstance(refused, Refusal)
    assert (await bench.store.load([merged]))[merged].stage is Stage.REPORTED

    done = await bench.store.append(both, a_speaker(Service.TRIAGE), key="merge")
    cases = await bench.store.load([kept, merged])
    assert [span.case_id for span in done.spans] == [merged, kept]
    assert cases[merged].merged_into == kept
    assert [link.other for link in cases[kept].linked] == [merged]


async def test_two_stores_writing_the_same_cases_lose_nothing(bench: Bench) -> None:
    other = CaseStore(bench.database, clock=now_us)
    await other.start()
    cases = [await bench.reported() for _ in range(30)]

    async def write(store: CaseStore, name: str) -> None:
        for turn in range(5):
            appends = [
                saying(Service.SLA, case, example("deadline_warned"), key=f"{name}{turn}{case}")
                for case in cases
            ]
            results = await store.append_many(appends)
            assert all(isinstance(result, Appended) for result in results)

    await asyncio.gather(write(bench.store, "a"), write(other, "b"))
    await other.stop()

    assert {case.seq for case in (await bench.store.load(cases)).values()} == {11}
    assert bench.verify().findings == ()


async def test_a_claim_can_be_taken_once(bench: Bench) -> None:
    first, second = uuid7(), uuid7()
    appends = [
        Append(
            (Change(case, NewCase(OFFICE), (reported_as(case),)),),
            a_speaker(Service.INTAKE),
            claims=(Claim("receipt:x", case),),
        )
        for case in (first, second)
    ]

    results = await bench.store.append_many(appends)

    assert isinstance(results[0], Appended)
    assert isinstance(results[1], Refusal)
    assert await bench.store.claimed("receipt:x") == first
    assert second not in await bench.store.load([second])


async def test_a_caller_that_gives_up_does_not_break_its_group(bench: Bench) -> None:
    case_id = await bench.reported()
    change = (Change(case_id, Whatever(), (example("noted"),)),)
    speaker = a_speaker(Service.DISPATCH)
    leaving = asyncio.create_task(bench.store.append(change, speaker, key="leaving"))
    staying = asyncio.create_task(bench.store.append(change, speaker, key="staying"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert isinstance(await staying, Appended)
    assert isinstance(await bench.store.answered("leaving"), Appended)


async def test_the_sweep_finds_what_awaits_a_service_longest_waiting_first(bench: Bench) -> None:
    first, second, third = [await bench.reported() for _ in range(3)]
    await bench.say(Service.TRIAGE, Whatever(), second, example("filed"))
    await bench.say(Service.TRIAGE, Whatever(), third, example("parked"))

    later = now_us() + 1_000_000
    waiting = await bench.store.awaiting(Service.TRIAGE, later, 10)

    assert [case.id for case in waiting] == [first]
    assert [case.id for case in await bench.store.awaiting(Service.DISPATCH, later, 10)] == [second]


async def test_the_sweep_leaves_alone_what_waits_for_less_than_that(bench: Bench) -> None:
    case = (await bench.store.load([await bench.reported()])).popitem()[1]

    assert await bench.store.awaiting(Service.TRIAGE, case.awaits.since, 10) == []
    assert await bench.store.awaiting(Service.TRIAGE, case.awaits.since + 1, 10) == [case]


async def test_time_never_runs_backwards_within_a_case(bench: Bench) -> None:
    slow = CaseStore(bench.database, clock=lambda: now_us() - 60_000_000)
    await slow.start()
    case_id = await bench.reported()
    await slow.append([Change(case_id, Whatever(), (example("noted"),))], a_speaker(Service.DISPATCH))
    await slow.stop()

    first, second = await bench.store.log(case_id)
    assert second.entry.at == first.entry.at


async def test_a_case_with_an_event_of_a_later_version_is_left_alone(bench: Bench) -> None:
    case_id = await bench.reported()
    await bench.database["cases"].update_one({"_id": case_id}, {"$push": {"kinds": "blessed.v1"}})

    seen = tuple((await bench.store.load([case_id])).values())
    filing = Change(case_id, Whatever(), (example("filed"),))
    refusals = await bench.store.append_many(
        [Append([filing], a_speaker(Service.TRIAGE), seen=each) for each in ((), seen)]
    )
    alone = await bench.store.append_many([Append([filing], a_speaker(Service.TRIAGE), seen=seen)])
    other = await bench.reported()

    assert [refusal.code for refusal in [*refusals, *alone]] == [Why.UNKNOWN_EVENT] * 3
    assert other in await bench.store.load([other])


async def test_what_a_caller_has_seen_spares_a_read_and_decides_nothing(bench: Bench) -> None:
    case_id = await bench.reported()
    seen = tuple((await bench.store.load([case_id])).values())
    await bench.say(Service.SLA, Whatever(), case_id, example("deadline_warned"))
    warning = Change(case_id, Whatever(), (example("deadline_warned"),))
    filing = Change(case_id, AtSeq(1), (example("filed"),))

    (warned,) = await bench.store.append_many([Append([warning], a_speaker(Service.SLA), seen=seen)])
    (filed,) = await bench.store.append_many([Append([filing], a_speaker(Service.TRIAGE), seen=seen)])

    assert warned.spans[0].last_seq == 3
    assert filed.code is Why.STALE


async def test_a_backlog_is_no_absence(bench: Bench) -> None:
    case_id = await bench.reported()
    hasty = CaseStore(bench.database, clock=now_us, grouping=Grouping(most=5, patience_s=1.5))
    await hasty.start()

    answers = await hasty.append_many(
        [saying(Service.SLA, case_id, example("deadline_warned")) for _ in range(1500)]
    )
    await hasty.stop()

    assert [answer.spans[0].last_seq for answer in answers] == list(range(2, 1502))
