"""A case that is moved to another policy version while its clocks run: by hand, and in whatever order things happen."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.explain import Explanation, as_text, explain_clock
from libs.casework.deadlines.moving import Standing, shifts, standing, version_of
from libs.casework.deadlines.policies import Policies, UnknownPolicy, parse_policies
from libs.casework.deadlines.timed import State, Timed
from libs.casework.events.dispatch import Planned, WorkItem
from libs.casework.events.oversight import PolicyChanged
from libs.casework.lifecycle import step
from libs.casework.refusal import Refusal
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from tests.rules.casework.deadlines.test_clock_properties import logs
from tests.support.calendars import SHIPPED, at, shown
from tests.support.policies import OTHER_LEVELS, RELAXED, STRICT, written
from tests.support.timelines import a_timeline, entries, the

LONGER = parse_policies(written("2026-11-20", all={"targets": RELAXED}))
SHORTER = parse_policies(written("2026-11-20", all={"targets": STRICT}))
FILED = ("2026-11-16 09:00 reported", "09:00 classified category=hoarding", "09:00 filed")
AT_WORK = (*FILED, "2026-11-23 09:00 dispatched", "09:10 accepted", "09:20 started")
MOVED = "2026-11-25 10:00 policy_changed to_version=second"


def resolution(*lines: str, policies: Policies = LONGER) -> Timed:
    return the(a_timeline(*lines), "resolution", policies=policies)


def test_a_moved_clock_counts_the_new_limit_from_its_own_beginning() -> None:
    before, after = resolution(*AT_WORK), resolution(*AT_WORK, MOVED)
    assert (before.policy, shown(before.due or 0)) == ("2026-11", "Thu 2026-11-26 18:00")
    assert (after.policy, shown(after.due or 0)) == ("second", "Mon 2026-12-07 18:00")
    assert (after.begin, after.generation, after.stretches) == (before.begin, 1, before.stretches)


def test_the_clock_that_it_follows_is_superseded_and_keeps_its_deadline() -> None:
    story = a_timeline(*AT_WORK, MOVED)
    (old,) = [
        one
        for one in clocks(entries(story), LONGER, SHIPPED)
        if (one.key, one.state) == ("resolution", State.SUPERSEDED)
    ]
    assert (shown(old.due or 0), shown(old.ended_at or 0)) == ("Thu 2026-11-26 18:00", "Wed 2026-11-25 10:00")


def test_what_was_done_before_stays_as_it_was() -> None:
    acceptance = the(a_timeline(*AT_WORK, MOVED), "acceptance", policies=LONGER)
    assert (acceptance.policy, acceptance.moves, shown(acceptance.due or 0)) == (
        "2026-11",
        (),
        "Mon 2026-11-23 10:00",
    )


def test_pauses_and_extensions_stay_with_the_clock() -> None:
    paused = ("2026-11-24 09:00 suspended", "2026-11-25 09:00 resumed")
    extended = "09:30 extended clock=resolution by=1_工作日"
    assert shown(resolution(*AT_WORK, *paused, extended, MOVED).due or 0) == "Wed 2026-12-09 18:00"


def test_what_starts_after_the_move_goes_by_the_new_version() -> None:
    story = a_timeline(*AT_WORK, MOVED, "2026-11-26 09:00 resolved")
    check = the(story, "check", policies=LONGER)
    assert (check.policy, shown(check.due or 0)) == ("second", "Mon 2026-11-30 18:00")


def test_a_clock_that_was_done_and_runs_again_goes_by_the_new_version() -> None:
    done = (*AT_WORK, "2026-11-24 09:00 resolved", MOVED)
    assert resolution(*done).policy == "2026-11"
    again = resolution(*done, "2026-11-25 11:00 check_failed")
    assert (again.policy, [one.to_version for one in again.moves]) == ("second", ["second"])
    # A day was with the checker, whose closing time lies in it.
    assert shown(again.due or 0) == "Tue 2026-12-08 18:00"


def test_reopening_keeps_the_version_and_filing_again_takes_the_one_in_force() -> None:
    ended = (*AT_WORK, MOVED, "2026-11-26 09:00 resolved", "10:00 check_passed", "10:00 closed")
    assert version_of(entries(a_timeline(*ended, "11:00 reopened")), LONGER) == "second"
    back = a_timeline(*FILED, "2026-11-17 09:00 policy_changed to_version=second", "10:00 withdrawn")
    assert version_of(entries(back), LONGER) == "second"
    again = back.then("reinstated").then("filed")
    assert version_of(entries(again), LONGER) == "2026-11"


def test_an_agreed_deadline_stays_and_goes_by_the_levels_of_the_new_version() -> None:
    policies = parse_policies(written("2026-11-20", OTHER_LEVELS))
    story = a_timeline(*AT_WORK)
    plan = Planned(items=(WorkItem(id="clear", unit="pmc", due_at=at("2026-11-27 12:00")),))
    story = story.then(plan).then(example("policy_changed"), to_version="second")
    item = the(story, "item:clear", policies=policies)
    assert (item.policy, item.due) == ("second", at("2026-11-27 12:00"))
    assert standing(item, policies, SHIPPED, at("2026-11-25 12:00")) is Standing.NEAR


def test_a_version_that_the_data_has_no_more_is_trouble_and_no_crash() -> None:
    lost = a_timeline(*AT_WORK, "2026-11-25 10:00 policy_changed to_version=gone")
    clock = the(lost, "resolution", policies=LONGER)
    assert (clock.due, clock.trouble) == (None, "there is no policy 'gone'; known: 2026-11, second")
    assert standing(clock, LONGER, SHIPPED, lost.at) is Standing.UNKNOWN
    found = the(lost.then(example("policy_changed"), to_version="second"), "resolution", policies=LONGER)
    assert shown(found.due or 0) == "Mon 2026-12-07 18:00"
    with pytest.raises(UnknownPolicy):
        LONGER.alone("gone")


@pytest.mark.parametrize("stage", [Stage.REPORTED, Stage.CONFIRMING, Stage.CLOSED, Stage.MERGED])
def test_before_it_is_filed_and_after_it_has_ended_a_case_is_not_moved(stage: Stage) -> None:
    assert isinstance(step(stage, PolicyChanged.name(), Service.SLA), Refusal)


def test_only_the_sla_service_moves_a_case() -> None:
    assert isinstance(step(Stage.WORKING, PolicyChanged.name(), Service.DISPATCH), Refusal)


def test_the_explanation_tells_the_move_in_both_languages() -> None:
    clock = resolution(*AT_WORK, MOVED)
    found = explain_clock(clock, LONGER, SHIPPED, at("2026-11-25 12:00"))
    assert isinstance(found, Explanation)
    text = as_text(found)
    assert (
        "变更规则 2026-11-25 周三 10:00 由 2026-11 改用 second（new_rules），原时限 3 工作日；起算时间不变"
        in text
    )
    assert (
        "policy changed: Wed 2026-11-25 10:00 from 2026-11 to second (new_rules), "
        "the limit was 3 workdays; it begins as before"
    ) in text
    assert "10 workdays from Mon 2026-11-23 09:00" in text


def test_a_move_that_makes_a_case_late_is_told_apart_from_one_that_was_late_before() -> None:
    now = at("2026-11-25 10:00")
    on_time, late = entries(a_timeline(*AT_WORK)), at("2026-11-27 10:00")
    (by_move,) = [
        one for one in shifts(on_time, "second", SHORTER, SHORTER, SHIPPED, now) if one.puts_late(now)
    ]
    assert by_move.before.key == "resolution"
    assert not any(
        one.puts_late(late) and one.before.overdue(late)
        for one in shifts(on_time, "second", SHORTER, SHORTER, SHIPPED, late)
    )


@given(logs(), st.sampled_from(("2026-11", "second")), st.integers(0, 10_000))
def test_the_preview_is_what_the_act_does(log: list[Any], to: str, minutes: int) -> None:
    now = log[-1].at + minutes * 60_000_000
    found = shifts(log, to, LONGER, LONGER, SHIPPED, now)
    data = PolicyChanged(from_version=version_of(log, LONGER), to_version=to, reason="new_rules")
    done = log[-1].model_copy(update={"at": now, "type": data.name(), "data": data})
    acted = {(one.key, one.generation): one for one in clocks([*log, done], LONGER, SHIPPED) if one.open}
    assert {(one.after.key, one.after.generation): one.after.due for one in found} == {
        which: one.due for which, one in acted.items()
    }
    assert {(one.before.key, one.before.generation) for one in found} == set(acted)


@given(logs(), st.integers(0, 10_000))
def test_moving_to_the_version_that_it_goes_by_changes_nothing(log: list[Any], minutes: int) -> None:
    version = version_of(log, LONGER)
    found = shifts(log, version, LONGER, LONGER, SHIPPED, log[-1].at + minutes * 60_000_000)
    assert not any(one.changes for one in found)
    assert all(replace(one.after, known_until=0) == replace(one.before, known_until=0) for one in found)
