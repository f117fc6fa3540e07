"""A whole group planned in memory: done and stale answered without a write, neighbours left alone."""

from uuid import UUID

from libs.casestore.append import Append, Appended, Claim, Span
from libs.casestore.content import StoredContent, WrappedKey
from libs.casestore.group import Known, Plan, Taken, plan
from libs.casework.case import Case
from libs.casework.draft import AtSeq, Change, Drafted, NewCase, Whatever, draft
from libs.casework.refusal import Refusal, Why
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from tests.support.cases import OFFICE, TEN_IN_THE_MORNING, a_case_at, a_reported_case, a_speaker, new_id


def planned(*appends: Append, cases: tuple[Case, ...] = (), **known: object) -> Plan:
    heads = {case.id: case for case in cases}
    return plan(appends, Known(heads, **{"answers": {}, "claims": {}} | known), TEN_IN_THE_MORNING, new_id)


def opening(case_id: UUID, number: str = "YB-2611-00001", **more: object) -> Append:
    event = example("reported").model_copy(update={"number": number})
    return Append((Change(case_id, NewCase(OFFICE), (event,)),), a_speaker(Service.INTAKE), **more)


def filing(case: Case, **more: object) -> Append:
    return Append((Change(case.id, AtSeq(case.seq), (example("filed"),)),), a_speaker(Service.TRIAGE), **more)


def test_a_stale_append_is_answered_and_writes_nothing() -> None:
    good, moved_on = a_reported_case(), a_reported_case()
    stale = Append((Change(moved_on.id, AtSeq(7), (example("filed"),)),), a_speaker(Service.TRIAGE))
    group = planned(filing(good), stale, cases=(good, moved_on))
    assert isinstance(group.results[0], Appended)
    assert group.results[1].code is Why.STALE
    assert set(group.cases) == {good.id}
    assert {event["case_id"] for event in group.events} == {good.id}


def test_what_was_done_is_answered_before_any_conflict_is_seen() -> None:
    case = a_case_at(Stage.FILED)
    first = Appended("k", (Span(case.id, 2, 2, 2),))
    group = planned(
        Append((Change(case.id, AtSeq(1), (example("filed"),)),), a_speaker(Service.TRIAGE), "k", b"fp"),
        cases=(case,),
        answers={"k": (first, b"fp")},
    )
    assert group.results == [Appended("k", first.spans, already=True)]
    assert group.events == []


def test_a_key_twice_in_one_group_takes_effect_once() -> None:
    case = a_reported_case()
    group = planned(filing(case, key="k"), filing(case, key="k"), cases=(case,))
    first, second = group.results
    assert (first.already, second.already) == (False, True)
    assert first.spans == second.spans
    assert len(group.events) == 1


def test_the_same_key_for_something_else_is_refused_within_a_group_too() -> None:
    case = a_reported_case()
    group = planned(
        filing(case, key="k", fingerprint=b"a"), filing(case, key="k", fingerprint=b"b"), cases=(case,)
    )
    assert group.results[1].code is Why.KEY_REUSED


def test_an_append_that_fails_at_its_second_case_leaves_the_first_untouched() -> None:
    kept, unknown = a_reported_case(), new_id()
    both = Append(
        (
            Change(kept.id, Whatever(), (example("linked"),)),
            Change(unknown, Whatever(), (example("linked"),)),
        ),
        a_speaker(Service.TRIAGE),
    )
    group = planned(both, filing(kept), cases=(kept,))
    assert group.results[0].code is Why.UNKNOWN_CASE
    assert group.cases[kept.id].seq == kept.seq + 1


def test_a_case_opened_in_the_group_can_be_changed_in_the_group() -> None:
    case_id = new_id()
    note = Append(
        (Change(case_id, Whatever(), (example("attention_ordered"),)),), a_speaker(Service.DISPATCH)
    )
    group = planned(opening(case_id, key="k"), note)
    assert [len(group.opened()), len(group.changed())] == [1, 0]
    assert group.opened()[0]["seq"] == 2


def test_the_key_of_an_append_that_opens_a_case_is_a_claim_too() -> None:
    case_id = new_id()
    group = planned(opening(case_id, key="k", claims=(Claim("receipt:r", case_id),)))
    assert {each["_id"]: each["case_id"] for each in group.others["intake_keys"]} == {
        "receipt:r": case_id,
        "key:k": case_id,
    }


def test_a_number_that_is_taken_refuses_one_and_not_its_neighbour() -> None:
    first, second = new_id(), new_id()
    group = planned(
        opening(first, "YB-2611-00007"),
        opening(second, "YB-2611-00008"),
        in_the_way=frozenset({Taken("cases", "number", "YB-2611-00007")}),
    )
    assert group.results[0].code is Why.CASE_EXISTS
    assert isinstance(group.results[1], Appended)


def test_content_and_keys_that_are_there_already_are_refused() -> None:
    case_id, content = new_id(), new_id()
    stored = StoredContent(content, case_id, "words", b"", b"")
    for taken in (Taken("case_content", "_id", content), Taken("case_keys", "_id", case_id)):
        group = planned(
            opening(case_id, contents=(stored,), case_keys=(WrappedKey(case_id, b"", b""),)),
            in_the_way=frozenset({taken}),
        )
        assert group.results[0].code is Why.CASE_EXISTS


def test_a_case_of_a_later_version_is_left_alone() -> None:
    case = a_reported_case()
    group = plan([filing(case)], Known({case.id: None}, {}, {}), TEN_IN_THE_MORNING, new_id)
    assert isinstance(group.results[0], Refusal)
    assert group.results[0].code is Why.UNKNOWN_EVENT


def test_an_append_without_changes_is_refused() -> None:
    assert planned(Append((), a_speaker(Service.TRIAGE), "k")).results[0].code is Why.INVALID


def test_time_is_lifted_to_the_heads() -> None:
    case = a_reported_case(updated_at=TEN_IN_THE_MORNING + 5)
    drafted = draft(
        case, filing(case).changes[0], a_speaker(Service.TRIAGE), TEN_IN_THE_MORNING, new_id, None
    )
    assert isinstance(drafted, Drafted)
    assert drafted.case.updated_at == TEN_IN_THE_MORNING + 5
