"""What triage adds to its decisions when a report was there before: a suggestion, a merge, or nothing."""

from typing import Any, cast
from uuid import UUID

from libs.casestore.content import ContentVault
from libs.casework.case import Case
from libs.casework.events.triage import Classified, DuplicatesSuggested, Linked, Merged
from libs.casework.vocabulary import Source, Stage, Tie
from libs.stages.joint import Joint
from services.triage.duplicates import Duplicates
from services.triage.handlers import Reports, Triage
from services.triage.locate import Locator
from services.triage.matter import Policy
from tests.support.cases import a_case_at, a_content, a_reported_case
from tests.support.neighbours import EverybodyNear, a_guide_to_duplicates
from tests.support.reference import catalogue, hearing, offices, places
from tests.support.vaults import ReadableVault

POINT = b'{"lon":113.297086,"lat":40.082726}'
SAID = "小区门口垃圾成堆没人清运"
STORED: dict[UUID, bytes] = {}


def kept(text: str = SAID, point: bytes = POINT) -> tuple[Any, ...]:
    refs = (a_content("text"), a_content("point"))
    STORED.update(zip((ref.id for ref in refs), (text.encode(), point), strict=True))
    return refs


def a_report(text: str = SAID, **instead: Any) -> Case:
    report = {"source": Source.RESIDENT, "declared_category": None, "grid": None, "contents": kept(text)}
    case = a_reported_case(**report | instead)
    return case.model_copy(update={"reported_at": case.reported_at + 60_000_000})


def an_earlier(stage: Stage = Stage.WORKING, text: str = SAID, **instead: Any) -> Case:
    settled = {"source": Source.RESIDENT, "category": "exposed_garbage", "public": True, "urgency": "normal"}
    return a_case_at(stage, **settled | {"contents": kept(text)} | instead)


async def said(case: Case, *earlier: Case) -> tuple[Any, EverybodyNear, ReadableVault]:
    near, vault = EverybodyNear(*earlier), ReadableVault(STORED)
    reports = Reports(cast(ContentVault, vault))
    duplicates = Duplicates(near, near, reports, a_guide_to_duplicates())
    policy = Policy(catalogue(), offices(), "test")
    triage = Triage(reports, Locator(places()), hearing(), policy, duplicates)
    return (await triage.decide_all([case]))[case.id], near, vault


async def test_the_same_report_again_is_merged_and_both_logs_say_so() -> None:
    case, original = a_report(), an_earlier()
    joint, _, _ = await said(case, original)
    assert isinstance(joint, Joint)
    suggested, classified, merged = joint.events
    assert isinstance(suggested, DuplicatesSuggested)
    assert isinstance(classified, Classified)
    assert isinstance(merged, Merged)
    assert merged.into == suggested.of[0].other == original.id
    assert "nobody_in_danger" in merged.because
    assert merged.data_version == "test"
    assert joint.others == ((original, (Linked(other=case.id, how=Tie.DUPLICATE),)),)


async def test_what_only_may_be_the_same_is_suggested_and_goes_its_way() -> None:
    events, _, _ = await said(a_report(), an_earlier(text="楼下臭得很，一地的塑料袋"))
    assert isinstance(events[0], DuplicatesSuggested)
    assert isinstance(events[1], Classified)
    assert "垃圾" not in events[0].of[0].words


async def test_of_two_that_a_rule_could_merge_with_a_person_chooses() -> None:
    events, _, _ = await said(a_report(), an_earlier(), an_earlier())
    assert isinstance(events[0], DuplicatesSuggested)
    assert len(events[0].of) == 2
    assert not any(isinstance(event, Merged) for event in events)


async def test_a_merged_neighbour_leads_to_its_original() -> None:
    original = an_earlier()
    follower = an_earlier(Stage.MERGED, merged_into=original.id)
    joint, _, _ = await said(a_report(), original, follower)
    assert joint.events[2].into == original.id
    assert len(joint.events[0].of) == 1


async def test_an_emergency_and_a_private_matter_are_never_merged_by_rule() -> None:
    for text in ("垃圾堆着火了，快来救火", "孩子不到一岁，家里没有奶粉和尿不湿了"):
        settled = {"text": text, "public": False, "category": "infant_supplies"}
        for earlier in (an_earlier(text=text), an_earlier(**settled)):
            events, _, _ = await said(a_report(text), earlier)
            assert not isinstance(events, Joint)


async def test_another_offices_case_is_not_looked_at_even_if_it_is_found() -> None:
    events, _, _ = await said(a_report(), an_earlier(office="shuibosi"))
    assert isinstance(events[0], Classified)


async def test_erased_words_and_ended_cases_are_compared_with_nothing() -> None:
    gone = an_earlier(contents=(a_content("text"), a_content("point")))
    for earlier in (gone, an_earlier(Stage.CLOSED), an_earlier(Stage.REJECTED)):
        events, _, _ = await said(a_report(), earlier)
        assert isinstance(events[0], Classified)


async def test_what_somebody_saw_on_the_spot_is_kept_for_others_and_not_compared() -> None:
    for source in (Source.GRID_WORKER, Source.SYSTEM):
        case = a_report(source=source, declared_category="exposed_garbage", seen_on_spot=True)
        events, near, vault = await said(case, an_earlier())
        assert isinstance(events[0], Classified)
        assert (len(near.kept), vault.reads) == (1, 1)


async def test_what_staff_or_a_system_passes_on_is_suggested_and_not_merged() -> None:
    for source in (Source.STAFF, Source.SYSTEM):
        case = a_report(source=source, declared_category="exposed_garbage", seen_on_spot=False)
        events, _, _ = await said(case, an_earlier())
        assert isinstance(events[0], DuplicatesSuggested)


async def test_without_neighbours_nothing_more_is_read() -> None:
    _, near, vault = await said(a_report())
    assert (len(near.kept), vault.reads) == (1, 1)
