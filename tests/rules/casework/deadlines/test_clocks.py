"""Clocks of cases, computed by hand from the published calendar. Exposed garbage: 4 工作时; a hoarding: 3 工作日."""

import pytest

from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import BY_CATEGORY
from libs.casework.deadlines.timed import State
from libs.casework.events.dispatch import Planned, WorkItem
from libs.casework.fold import BrokenLog
from tests.support.calendars import SHIPPED, at, shown
from tests.support.policies import SHIPPED_POLICIES, two_versions
from tests.support.timelines import a_timeline, accounts, due_of, entries, the, timed

GARBAGE, HOARDING = "classified category=exposed_garbage", "classified category=hoarding"


def dispatched(when: str, classified: str = GARBAGE) -> tuple[str, ...]:
    """The lines of a case that was reported, filed and dispatched at one time."""
    clock = when[-5:]
    return (f"{when} reported", f"{clock} {classified}", f"{clock} filed", f"{clock} dispatched")


def at_work(when: str, classified: str = GARBAGE) -> tuple[str, ...]:
    return (*dispatched(when, classified), f"{when[-5:]} accepted", f"{when[-5:]} started")


def test_a_friday_evening_case_is_due_on_monday() -> None:
    assert due_of(a_timeline(*dispatched("2026-11-27 17:30")), "resolution") == "Mon 2026-11-30 12:00"


def test_over_spring_festival_the_made_up_saturday_counts() -> None:
    story = a_timeline(*dispatched("2026-02-13 17:00", HOARDING))
    assert due_of(story, "resolution") == "Wed 2026-02-25 18:00"


def test_the_resolution_clock_runs_from_dispatch_and_not_from_acceptance() -> None:
    story = a_timeline(*dispatched("2026-11-25 09:00"), "2026-11-25 11:30 accepted")
    assert due_of(story, "resolution") == "Wed 2026-11-25 15:30"
    assert due_of(story, "acceptance") == "Wed 2026-11-25 10:00"
    assert the(story, "acceptance").overdue(at("2026-11-25 11:30"))


def test_a_pause_over_a_weekend_takes_out_its_working_time() -> None:
    # Half an hour used by 17:00 on Friday; three and a half hours left from 09:30 on Monday.
    story = a_timeline(*at_work("2026-11-27 16:30"), "2026-11-27 17:00 suspended", "2026-11-30 09:30 resumed")
    assert due_of(story, "resolution") == "Mon 2026-11-30 15:30"


def test_a_pause_takes_out_the_workdays_whose_business_ends_inside_it() -> None:
    # Friday's business ends inside the pause, Monday's after it: Monday, Tuesday, Wednesday.
    lines = at_work("2026-11-26 10:00", HOARDING)
    story = a_timeline(*lines, "2026-11-27 10:00 suspended", "2026-11-30 15:00 resumed")
    assert due_of(a_timeline(*lines), "resolution") == "Tue 2026-12-01 18:00"
    assert due_of(story, "resolution") == "Wed 2026-12-02 18:00"


def test_while_it_is_suspended_nobody_can_tell_when_it_is_due() -> None:
    story = a_timeline(*at_work("2026-11-27 16:30"), "2026-11-27 17:00 suspended")
    clock = the(story, "resolution")
    assert (clock.state, clock.due, clock.open) == (State.PAUSED, None, True)
    assert not clock.overdue(at("2031-01-01"))


def test_a_suspension_after_the_deadline_changes_nothing() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00"), "2026-11-25 16:00 suspended", "2026-11-30 09:00 resumed")
    assert due_of(story, "resolution") == "Wed 2026-11-25 15:30"


def test_a_suspension_at_the_very_deadline_changes_nothing() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00"), "2026-11-25 15:30 suspended")
    assert due_of(story, "resolution") == "Wed 2026-11-25 15:30"


def test_an_extension_counts_from_the_deadline_that_it_extends() -> None:
    # Due on Tuesday 12-01 at 18:00, two workdays more: Thursday.
    story = a_timeline(*at_work("2026-11-26 10:00", HOARDING), "2026-11-27 10:00 extended by=2_工作日")
    assert due_of(story, "resolution") == "Thu 2026-12-03 18:00"


def test_an_extension_may_be_in_another_unit_than_the_limit() -> None:
    # Due on Wednesday at 15:30; one workday more ends with Thursday's business. Two hours more end at 17:30.
    lines = at_work("2026-11-25 09:00")
    assert due_of(a_timeline(*lines, "10:00 extended by=1_工作日"), "resolution") == "Thu 2026-11-26 18:00"
    assert due_of(a_timeline(*lines, "10:00 extended by=2_工作时"), "resolution") == "Wed 2026-11-25 17:30"


def test_a_pause_inside_an_extension_moves_it_on() -> None:
    # Tuesday 12-01 plus two workdays; Wednesday's business ends in a pause: Thursday and Friday.
    story = a_timeline(
        *at_work("2026-11-26 10:00", HOARDING),
        "2026-12-01 10:00 extended by=2_工作日",
        "2026-12-02 09:00 suspended",
        "2026-12-03 09:00 resumed",
    )
    assert due_of(story, "resolution") == "Fri 2026-12-04 18:00"


def test_an_extension_is_of_the_clock_that_it_names() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00"), "10:00 extended by=2_工作日 clock=case")
    assert due_of(story, "resolution") == "Wed 2026-11-25 15:30"
    (extension,) = the(story, "case").extensions
    assert (extension.approver, str(extension.amount)) == ("s-0007", "2 work_day")


def test_a_return_does_not_reset_what_was_used_and_its_time_is_the_offices() -> None:
    story = a_timeline(*dispatched("2026-11-25 09:00"), "10:00 returned", "11:00 dispatched lead=enforce")
    clock = the(story, "resolution")
    assert shown(clock.due or 0) == "Wed 2026-11-25 15:30"
    assert accounts(clock) == ["09:00-10:00 counts pmc", "10:00-11:00 counts office", "11:00- counts enforce"]


def test_what_lasted_no_time_is_on_nobodys_account() -> None:
    story = a_timeline(*dispatched("2026-11-25 09:00"), "09:30 handed_over lead=enforce", "09:30 returned")
    assert accounts(the(story, "resolution")) == ["09:00-09:30 counts pmc", "09:30- counts office"]


def test_every_dispatch_is_to_be_signed_for_anew() -> None:
    story = a_timeline(
        *dispatched("2026-11-25 09:00"), "10:00 returned", "11:00 dispatched", "11:20 handed_over"
    )
    assert [the(story, "acceptance", one).state for one in (1, 2, 3)] == [
        State.LEFT,
        State.LEFT,
        State.RUNNING,
    ]
    assert due_of(story, "acceptance", 3) == "Wed 2026-11-25 14:50"
    assert due_of(story, "resolution") == "Wed 2026-11-25 15:30"


def test_rework_goes_on_with_what_was_used() -> None:
    # Two hours used by 11:00; the check took until 16:00; two hours left end exactly when business ends.
    story = a_timeline(*at_work("2026-11-25 09:00"), "11:00 resolved", "16:00 check_failed")
    clock = the(story, "resolution")
    assert shown(clock.due or 0) == "Wed 2026-11-25 18:00"
    assert accounts(clock) == ["09:00-11:00 counts pmc", "11:00-16:00 done checker", "16:00- counts pmc"]


def test_what_is_reported_done_in_time_stays_in_time_however_long_the_check_takes() -> None:
    story = a_timeline(
        *at_work("2026-11-25 09:00"), "11:00 resolved", "2026-12-04 09:00 check_passed", "09:00 closed"
    )
    clock = the(story, "resolution")
    assert (clock.state, clock.ended_at) == (State.DONE, at("2026-11-25 11:00"))
    assert not clock.overdue(at("2026-12-24 09:00"))
    assert the(story, "check").overdue(at("2026-12-24 09:00"))


def test_the_check_has_a_clock_of_its_own_each_time() -> None:
    story = a_timeline(
        *at_work("2026-11-25 09:00"),
        "11:00 resolved",
        "16:00 check_failed",
        "16:30 started",
        "17:00 resolved",
    )
    assert due_of(story, "check", 1) == "Thu 2026-11-26 18:00"
    assert (the(story, "check", 1).state, the(story, "check", 2).state) == (State.DONE, State.RUNNING)


@pytest.mark.parametrize(("clock", "late"), [("11:59", False), ("12:00", False), ("14:31", True)])
def test_what_is_done_at_the_very_deadline_is_in_time(clock: str, late: bool) -> None:
    # Road litter: 2 工作时, from 10:00 to 12:00.
    story = a_timeline(*at_work("2026-11-25 10:00", "classified category=road_dirty"), f"{clock} resolved")
    assert due_of(story, "resolution") == "Wed 2026-11-25 12:00"
    assert the(story, "resolution").overdue(at("2026-12-24 09:00")) is late


def test_reopening_starts_a_new_generation() -> None:
    story = a_timeline(
        *at_work("2026-11-25 09:00"),
        "11:00 resolved",
        "11:30 check_passed",
        "11:30 closed",
        "2026-11-27 17:00 reopened",
        "17:30 dispatched",
    )
    assert due_of(story, "resolution", 2) == "Mon 2026-11-30 12:00"
    assert due_of(story, "response", 2) == "Sat 2026-11-28 17:00"
    assert [the(story, "case", one).state for one in (1, 2)] == [State.DONE, State.RUNNING]


def test_a_rejected_case_has_no_clock_left_and_a_reinstated_one_starts_anew() -> None:
    rejected = a_timeline("2026-11-25 09:00 reported", "09:30 rejected")
    assert {one.state for one in timed(rejected)} == {State.LEFT}
    again = a_timeline("2026-11-25 09:00 reported", "09:30 rejected", "2026-11-26 09:00 reinstated")
    assert due_of(again, "response", 2) == "Fri 2026-11-27 09:00"


def test_waiting_on_the_resident_stops_the_clock_until_they_answer() -> None:
    lines = (*at_work("2026-11-25 09:00"), "10:00 resident_awaited")
    assert the(a_timeline(*lines), "resolution").state is State.PAUSED
    for answer in ("resident_answered", "details_added"):
        assert due_of(a_timeline(*lines, f"11:00 {answer}"), "resolution") == "Wed 2026-11-25 16:30"
    assert due_of(a_timeline(*lines, "11:00 noted"), "resolution") is None


def test_the_wait_is_over_when_the_case_moves_on() -> None:
    story = a_timeline(*dispatched("2026-11-25 09:00"), "09:10 resident_awaited", "09:40 accepted")
    assert due_of(story, "resolution") == "Wed 2026-11-25 16:00"


def test_a_suspension_does_not_stop_the_answer_and_a_wait_does() -> None:
    waiting = a_timeline("2026-11-25 09:00 reported", "10:00 resident_awaited", "15:00 resident_answered")
    assert due_of(waiting, "response") == "Thu 2026-11-26 14:00"


def test_an_infants_needs_are_timed_through_the_night() -> None:
    infant = "classified category=infant_supplies urgency=urgent public=no"
    story = a_timeline(*dispatched("2026-11-27 22:50", infant))
    assert due_of(story, "acceptance") == "Fri 2026-11-27 23:05"
    assert due_of(story, "resolution") == "Sat 2026-11-28 02:50"
    response = [one.target for one in timed(story) if one.key == "response" and one.target]
    assert [f"{one.amount.zh} by {one.rule}" for one in response][-1] == "30 分钟 by supplies_for_life"


def test_when_it_turns_out_to_be_an_emergency_the_clock_goes_on_with_the_new_limit() -> None:
    story = a_timeline("2026-11-25 09:00 reported", "09:20 classified urgency=emergency")
    first, second = (one for one in timed(story) if one.key == "response")
    assert (first.state, shown(first.due or 0)) == (State.SUPERSEDED, "Thu 2026-11-26 09:00")
    assert (second.state, shown(second.due or 0)) == (State.RUNNING, "Wed 2026-11-25 10:00")
    assert (second.generation, second.begin) == (1, at("2026-11-25 09:00"))
    assert second.target is not None
    assert second.target.because == ("urgency_is",)


def test_work_items_have_deadlines_by_their_rule_or_by_agreement() -> None:
    illegal = at_work("2026-11-25 09:00", "classified category=illegal_build")
    story = a_timeline(*illegal, "10:00 planned")
    # The example's plan: dismantle by an agreed time, two items that no rule knows.
    assert [one.key for one in timed(story) if one.item] == ["item:dismantle"]
    assert the(story, "item:dismantle").target is None
    assert due_of(story, "item:dismantle") == "Fri 2026-11-06 20:00"


def test_the_three_orders_against_an_illegal_structure_have_three_deadlines() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00", "classified category=illegal_build"))
    plan = tuple(WorkItem(id=one, unit="enforce") for one in ("stop_work", "penalty", "removal"))
    story = story.then(Planned(items=plan), 0)
    assert [due_of(story, f"item:{item.id}") for item in plan] == [
        "Wed 2026-11-25 15:30",
        "Fri 2026-12-04 18:00",
        "Wed 2026-12-23 18:00",
    ]
    assert accounts(the(story, "item:removal")) == ["09:00- counts enforce"]


def test_a_new_agreement_on_an_item_supersedes_the_old_one() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00", "classified category=illegal_build"))
    first = story.then(Planned(items=(WorkItem(id="removal", unit="enforce"),)), 0)
    agreed = first.then(
        Planned(items=(WorkItem(id="removal", unit="enforce", due_at=at("2026-12-01 12:00")),)), 60
    )
    found = [one for one in timed(agreed) if one.key == "item:removal"]
    assert [one.state for one in found] == [State.SUPERSEDED, State.RUNNING]
    assert due_of(agreed, "item:removal") == "Tue 2026-12-01 12:00"
    assert due_of(agreed.then("extended", clock="item:removal"), "item:removal") == "Thu 2026-12-03 18:00"


def test_an_item_done_and_opened_again_by_rework_goes_on() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00"), "10:00 planned", "10:30 item_done")
    assert the(story, "item:dismantle").state is State.DONE
    failed = story.then("resolved").then("check_failed").then("rework_ordered", items=("dismantle",))
    assert the(failed, "item:dismantle").state is State.RUNNING
    assert len(the(failed, "item:dismantle").stretches) == 3


def test_rework_opens_the_named_items_and_leaves_the_others_done() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00", "classified category=illegal_build"))
    plan = tuple(WorkItem(id=one, unit="enforce") for one in ("stop_work", "removal"))
    story = (
        story.then(Planned(items=plan), 0)
        .then("item_done", item="stop_work")
        .then("item_done", item="removal")
    )
    failed = story.then("resolved").then("check_failed").then("rework_ordered", items=("removal",))
    assert the(failed, "item:stop_work").state is State.DONE
    assert the(failed, "item:removal").state is State.RUNNING
    again = failed.then("planned", items=plan)
    assert the(again, "item:stop_work").state is State.DONE


def test_an_item_not_done_stands_still_while_the_whole_is_checked() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00"), "10:00 planned", "11:00 resolved")
    assert the(story, "item:dismantle").state is State.PAUSED
    assert the(story.then("check_failed"), "item:dismantle").state is State.RUNNING


def test_an_item_that_drops_out_of_the_plan_has_no_clock_any_more() -> None:
    story = a_timeline(*at_work("2026-11-25 09:00"), "10:00 planned").then("planned", items=())
    assert the(story, "item:dismantle").state is State.LEFT


def test_the_policy_in_force_at_filing_stays_with_the_case() -> None:
    shorter = {
        "targets": {
            "acceptance": "30 分钟",
            "resolution": BY_CATEGORY,
            "check": "1 work_day",
            "response": "1 urgent_day",
        }
    }
    policies = two_versions("2026-12-01", all=shorter)
    before = a_timeline(
        "2026-11-30 17:00 reported", "17:00 classified", "17:10 filed", "2026-12-01 09:00 dispatched"
    )
    after = a_timeline(
        "2026-11-30 17:00 reported", "17:00 classified", "2026-12-01 08:40 filed", "09:00 dispatched"
    )
    found = [the(story, "acceptance", 1, policies).target for story in (before, after)]
    assert [(one.policy, str(one.amount)) for one in found if one] == [
        ("2026-11", "1 work_hour"),
        ("second", "0.5 urgent_hour"),
    ]
    assert the(after, "response", 1, policies).target.policy == "second"  # type: ignore[union-attr]


def test_where_no_table_reaches_the_clock_says_so_and_others_go_on() -> None:
    story = a_timeline(*dispatched("2026-12-30 09:00", HOARDING))
    clock = the(story, "resolution")
    assert clock.due is None
    assert (
        clock.trouble == "calendar datong-office has no table of rest days for 2027; it has: 2024, 2025, 2026"
    )
    assert due_of(story, "acceptance") == "Wed 2026-12-30 10:00"


def test_an_office_without_a_calendar_is_said_to_have_none() -> None:
    story = a_timeline(*dispatched("2026-11-25 09:00", "classified category=rubble office=nowhere"))
    assert (
        the(story, "resolution").trouble
        == "there is no calendar 'nowhere'; known: datong-office, handbook-8h"
    )


def test_a_log_that_begins_with_no_report_is_broken() -> None:
    story = a_timeline(*dispatched("2026-11-25 09:00"))
    with pytest.raises(BrokenLog, match=r"classified\.v1"):
        clocks(entries(story)[1:], SHIPPED_POLICIES, SHIPPED)
