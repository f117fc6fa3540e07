"""What each event changes in the snapshot, beyond stage and who is awaited."""

import pytest

from libs.casework.case import CheckState
from libs.casework.entry import GENESIS
from libs.casework.events import UnknownEvent
from libs.casework.fold import BrokenLog, apply, fold
from libs.casework.references import references
from libs.casework.samples import lives
from libs.casework.samples.examples import AFTER, NOTE, PHOTO, WORDS
from libs.casework.vocabulary import Role, Service, Stage, Tie, Urgency
from tests.support.cases import a_content, a_told_case_at, told


def test_folding_from_the_middle_gives_the_same_case() -> None:
    log = [(one.entry, one.hash) for one in lives()[0]]
    half = fold(log[:20])
    assert fold(log[20:], half) == fold(log)


def test_a_log_that_does_not_begin_with_a_report_is_broken() -> None:
    entry = told("reported rejected").last
    with pytest.raises(BrokenLog, match=r"rejected\.v1"):
        apply(None, entry, GENESIS)


def test_an_unknown_event_is_not_folded_over() -> None:
    story = told("reported")
    with pytest.raises(UnknownEvent):
        apply(story.case, story.last.model_copy(update={"type": "dreamt.v1"}), GENESIS)


def test_a_returned_order_keeps_its_count_and_loses_nothing() -> None:
    story = a_told_case_at(Stage.DISPATCHED).then("returned").then("dispatched", final=True).then("accepted")
    assert (story.so_far.returns, story.so_far.lead) == (1, "pmc")
    assert story.so_far.assignment is not None
    assert story.so_far.assignment.final


def test_a_new_plan_keeps_what_is_done() -> None:
    story = a_told_case_at(Stage.WORKING).then("planned").then("item_done").then("planned")
    done = {state.item.id: state.done_at is not None for state in story.so_far.items}
    assert done == {"dismantle": True, "clear": False, "beautify": False}


def test_rework_opens_the_named_items_and_without_names_all() -> None:
    story = a_told_case_at(Stage.WORKING).then("planned")
    for item in ("dismantle", "clear"):
        story = story.then("item_done", item=item)
    failed = story.then("resolved").then("check_failed")
    some, every = failed.then("rework_ordered"), failed.then("rework_ordered", items=())
    assert [state.done_at is not None for state in some.so_far.items] == [True, False, False]
    assert [state.done_at is not None for state in every.so_far.items] == [False, False, False]
    assert failed.so_far.rework == 1


def test_the_check_starts_anew_after_reopening() -> None:
    closed = a_told_case_at(Stage.CLOSED)
    assert (closed.so_far.check, closed.so_far.closed_at) == (CheckState.PASSED, closed.at)
    again = closed.then("rated").then("reopened").so_far
    assert (again.check, again.closed_at, again.generation) == (CheckState.NONE, None, 2)
    assert again.rating is not None


def test_a_merged_case_that_is_reinstated_no_longer_points_elsewhere() -> None:
    merged = a_told_case_at(Stage.MERGED)
    assert merged.so_far.merged_into is not None
    assert merged.then("reinstated").so_far.merged_into is None


def test_handing_over_changes_the_lead_and_needs_one() -> None:
    story = a_told_case_at(Stage.WORKING).then("handed_over")
    assert (story.so_far.lead, story.so_far.stage) == ("office_urban", Stage.DISPATCHED)
    with pytest.raises(BrokenLog):
        apply(a_told_case_at(Stage.FILED).case, story.last, GENESIS)


def test_handing_over_to_a_helper_makes_it_lead_only() -> None:
    handed = a_told_case_at(Stage.WORKING).then("handed_over", lead="community").so_far
    assert handed.assignment is not None
    assert (handed.assignment.lead, handed.assignment.helpers) == ("community", ("dist_sanitation",))


@pytest.mark.parametrize("answer", ["suspension_refused", "suspended", "resolved", "handed_over"])
def test_what_was_asked_stands_until_it_is_answered_or_the_case_moves_on(answer: str) -> None:
    asked = a_told_case_at(Stage.WORKING).then("suspension_asked").then("noted")
    assert asked.so_far.asked is not None
    assert (asked.so_far.asked.reason, asked.so_far.awaits.person) == ("weather", Role.SUPERVISOR)
    assert asked.then(answer).so_far.asked is None


def test_a_parked_case_goes_back_to_the_service_that_was_awaited() -> None:
    filed = a_told_case_at(Stage.FILED)
    parked = filed.then("parked")
    assert (parked.so_far.parked, parked.so_far.awaits.person) == (True, Role.CLERK)
    again = parked.then("parked").then("unparked").so_far
    assert (again.parked, again.awaits.machine) == (False, Service.DISPATCH)


def test_a_case_parked_while_a_person_held_it_goes_back_to_that_person() -> None:
    story = a_told_case_at(Stage.WORKING).then("parked").then("unparked")
    assert story.so_far.awaits.person is Role.UNIT_WORKER
    assert story.so_far.awaits.machine is None
    assert story.so_far.awaits.since == story.at


def test_unparking_what_is_not_parked_changes_nobody() -> None:
    story = a_told_case_at(Stage.WORKING)
    assert story.then("unparked").so_far.awaits == story.so_far.awaits


def test_a_parked_case_that_moves_on_is_no_longer_parked() -> None:
    moved = a_told_case_at(Stage.FILED).then("parked").then("dispatched").so_far
    assert (moved.parked, moved.before_parking) == (False, None)


def test_a_case_keeps_the_contents_of_its_report_and_the_log_those_of_every_event() -> None:
    story = a_told_case_at(Stage.WORKING).then("planned").then("item_done").then("content_erased")
    assert story.so_far.contents == (WORDS, PHOTO)
    assert references(sealed.entry.data for sealed in story.log) == (WORDS, PHOTO, NOTE, AFTER)
    assert story.so_far.erased


def test_what_the_reporter_adds_before_triage_has_decided_does_not_stand_in_for_the_report() -> None:
    added = told("reported").then("details_added", contents=(a_content("words"),))
    assert added.so_far.awaits.machine is Service.TRIAGE
    assert added.so_far.contents == (WORDS, PHOTO)


def test_links_patrols_and_suspensions_are_counted() -> None:
    story = a_told_case_at(Stage.SUSPENDED).then("linked").then("resumed")
    assert (len(story.so_far.linked), story.so_far.suspensions) == (1, 1)
    assert a_told_case_at(Stage.CLOSED).then("patrol_planned").so_far.patrols == 4


def test_the_compound_is_what_was_last_said_of_the_place() -> None:
    named = told("reported").then("classified", compound="140213053902001-01")
    assert named.so_far.compound == "140213053902001-01"
    assert named.then("classified", compound=None).so_far.compound is None


def test_who_did_the_work_is_remembered_once_and_who_only_planned_is_not() -> None:
    dispatched = a_told_case_at(Stage.DISPATCHED).then("planned")
    assert dispatched.so_far.acted == ()
    done = dispatched.then("accepted").then("started").then("item_done").then("resolved").so_far
    assert done.acted == ("clerk-1",)


def test_units_that_returned_a_case_are_known_until_it_is_reopened() -> None:
    twice = (
        a_told_case_at(Stage.DISPATCHED).then("returned").then("dispatched", lead="enforce").then("returned")
    )
    again = twice.then("dispatched").then("returned")
    assert again.so_far.returned_by == ("pmc", "enforce")
    closed = again.then("dispatched")
    for step in ("accepted", "started", "resolved", "check_passed", "closed", "reopened"):
        closed = closed.then(step)
    assert (closed.so_far.returned_by, closed.so_far.returns) == ((), 3)


def test_a_rating_belongs_to_its_generation() -> None:
    rated = a_told_case_at(Stage.CLOSED).then("rated")
    assert rated.so_far.rating is not None
    assert rated.so_far.rating.generation == 1
    reopened = rated.then("reopened").so_far
    assert reopened.rating is not None
    assert reopened.rating.generation < reopened.generation


def test_a_queued_case_has_the_urgency_and_the_place_that_are_known() -> None:
    story = told("reported").then(
        "queued_for_clerk", urgency=Urgency.EMERGENCY, grid="g2", community="c2", compound=None
    )
    case = story.so_far
    assert (case.urgency, case.grid, case.community, case.compound) == ("emergency", "g2", "c2", None)


def test_a_case_queued_by_an_earlier_version_keeps_what_it_had() -> None:
    before = told("reported")
    silent = dict.fromkeys(("urgency", "office", "grid", "community", "compound"))
    after = before.then("queued_for_clerk", **silent).so_far
    kept = ("urgency", "office", "grid", "community", "compound")
    assert [getattr(after, name) for name in kept] == [getattr(before.so_far, name) for name in kept]


def test_a_link_is_kept_once_until_it_is_undone() -> None:
    story = told("reported").then("linked").then("linked").then("linked", how=Tie.CAUSE)
    assert [link.how for link in story.so_far.linked] == [Tie.RECURS, Tie.CAUSE]
    assert [link.how for link in story.then("unlinked").so_far.linked] == [Tie.CAUSE]
    assert story.then("unlinked").then("unlinked").so_far.linked == story.then("unlinked").so_far.linked


def test_duplicates_are_counted_and_not_listed() -> None:
    story = told("reported")
    for _ in range(3):
        story = story.then("linked", how=Tie.DUPLICATE)
    assert (story.so_far.followers, story.so_far.linked) == (3, ())
    for _ in range(4):
        story = story.then("unlinked", how=Tie.DUPLICATE)
    assert story.so_far.followers == 0


def test_a_split_links_the_lead_with_its_parts_and_a_part_with_its_lead() -> None:
    split = told("reported").then("split")
    assert [link.how for link in split.so_far.linked] == [Tie.SPLIT_INTO]
    part = told("split_off")
    assert [link.how for link in part.so_far.linked] == [Tie.SPLIT_FROM]
    assert (part.so_far.stage, part.so_far.awaits.person) == (Stage.REPORTED, "clerk")


@pytest.mark.parametrize("tie", Tie)
def test_every_tie_has_another_end_and_a_name(tie: Tie) -> None:
    assert tie.back.back is tie
    assert tie.zh
