"""What the monitor says of a case, and when: nothing early, each once, in order, nothing more once the case has ended."""

from collections import Counter
from dataclasses import replace
from itertools import count, pairwise
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import parse_policies
from libs.casework.deadlines.timed import State
from libs.casework.events.oversight import DeadlineBreached, PolicyChanged
from libs.casework.lifecycle import steps_from
from libs.casework.vocabulary import OPEN
from services.sla.app import reference
from services.sla.rules import Reference, Saying, ahead, to_say
from tests.support.calendars import at, shown
from tests.support.cases import MINUTE, Told
from tests.support.policies import OTHER_LEVELS, STRICT, written
from tests.support.timelines import a_timeline, entries

DATA = Reference(
    parse_policies(written("2026-12-15", OTHER_LEVELS, all={"targets": STRICT})), reference().calendars
)
"""Later other limits, and levels that have other numbers: cases are moved to them before."""
VERSIONS = ("2026-11", "second", "forgotten")
SIGNED_OFF = ("2026-11-25 09:00 reported", "09:00 classified", "09:00 filed", "09:00 dispatched")
OURS = frozenset({"deadline_warned.v1", "deadline_breached.v1", "deadline_escalated.v1"})


def heard(story: Told, now: int) -> tuple[Told, list[Saying]]:
    """The story with everything said that is due at `now`, as the monitor says it: round by round."""
    said: list[Saying] = []
    story = replace(story, at=max(now, story.at))
    while saying := to_say(ahead(entries(story), DATA), now):
        for each in saying:
            story = story.then(each.event, 0)
        said += saying
    return story, said


def texts(said: list[Saying]) -> list[str]:
    """To the minute."""
    minutes = [shown(each.instant - each.instant % MINUTE)[-5:] for each in said]
    return [f"{minute} {each.event.TYPE} {each.what}" for minute, each in zip(minutes, said, strict=True)]


def test_an_unsigned_case_is_warned_about_breached_and_escalated_level_by_level() -> None:
    story, said = heard(a_timeline(*SIGNED_OFF), at("2026-11-25 11:30"))
    assert texts(said) == [
        "09:45 deadline_warned acceptance:1:1",
        "09:54 deadline_warned acceptance:1:2",
        "10:00 deadline_breached acceptance:1:3",
        "10:30 deadline_escalated acceptance:1:4",
        "11:00 deadline_escalated acceptance:1:5",
    ]
    assert said[-1].event.tell == ("supervisor", "district")  # type: ignore[union-attr]
    assert heard(story, at("2026-11-25 11:30"))[1] == []


def test_a_round_ends_with_a_breach_which_is_decided_on_the_exact_log() -> None:
    sayings = ahead(entries(a_timeline(*SIGNED_OFF)), DATA)
    assert [each.breach for each in to_say(sayings, at("2026-11-25 11:30"))] == [False, False, True]


def test_nothing_is_said_a_microsecond_early_and_a_deadline_has_not_passed_when_it_is_reached() -> None:
    story, due = a_timeline(*SIGNED_OFF), at("2026-11-25 10:00")
    assert texts(heard(story, due - 15 * MINUTE - 1)[1]) == []
    assert len(heard(story, due - 15 * MINUTE)[1]) == 1
    assert not any(each.breach for each in heard(story, due)[1])
    assert heard(story, due + 1)[1][-1].breach


def test_what_is_done_when_it_is_due_is_in_time_and_a_little_later_it_is_late() -> None:
    in_time = a_timeline(*SIGNED_OFF, "10:00 accepted")
    late = a_timeline(*SIGNED_OFF, "10:01 accepted")
    assert texts(heard(in_time, at("2026-11-25 12:00"))[1]) == []
    # Nobody has to act on it any more: no warning and no escalation, but that it was late remains.
    assert texts(heard(late, at("2026-11-25 12:00"))[1]) == ["10:00 deadline_breached acceptance:1:3"]


def test_nothing_is_said_of_a_case_that_has_ended() -> None:
    story = a_timeline("2026-11-25 09:00 reported", "2026-11-28 09:00 rejected")
    assert ahead(entries(story), DATA) == ()


def test_a_pause_does_not_repeat_a_warning_and_an_extension_does() -> None:
    working = ("09:10 accepted", "09:20 started")
    story = a_timeline(*SIGNED_OFF, *working)
    near = next(each for each in ahead(entries(story), DATA) if each.what == "resolution:1:1")
    warned, _ = heard(story, near.instant)
    paused = warned.then("suspended", 10).then("resumed", 24 * 60)
    extended = warned.then("extended", 10)
    assert "resolution:1:1" not in [each.what for each in ahead(entries(paused), DATA)]
    again = next(each for each in ahead(entries(extended), DATA) if each.what == "resolution:1:1")
    assert again.instant > near.instant
    assert again.key(UUID(int=1)) != near.key(UUID(int=1))


def test_a_warning_under_way_while_the_case_is_moved_is_known_by_its_own_versions_levels() -> None:
    # Signed for within a quarter of an hour, with one level more before the others: number 1 is another level there.
    story = a_timeline(*SIGNED_OFF)
    near = next(each for each in ahead(entries(story), DATA) if each.what == "acceptance:1:1")
    moved = story.then("policy_changed", 46, to_version="second").then(near.event, 0)
    left = [each.level.id for each in ahead(entries(moved), DATA) if each.clock == "acceptance"]
    assert left == ["half", "behind", "overdue", "overdue_half", "overdue_twice"]


def test_a_clock_that_is_set_back_repeats_nothing() -> None:
    story, said = heard(a_timeline(*SIGNED_OFF), at("2026-11-25 10:01"))
    an_hour_back = replace(story, at=story.at - 60 * MINUTE)
    assert len(said) == 3
    assert heard(an_hour_back, at("2026-11-25 10:01"))[1] == []


def _ids() -> Any:
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


@st.composite
def days_of_a_case(draw: st.DrawFn) -> tuple[Told, list[tuple[int, list[Saying]]]]:
    """A case that goes any way through the table, with a monitor that comes by now and then; what it said each time."""
    story = Told(UUID(int=7), at=draw(st.integers(at("2026-01-05"), at("2026-06-01"))), ids=_ids())
    story, visits = story.then("reported", 0), list[tuple[int, list[Saying]]]()
    for _ in range(draw(st.integers(0, 14))):
        step = draw(st.sampled_from([one for one in steps_from(story.so_far.stage) if one not in OURS]))
        fields = {"to_version": draw(st.sampled_from(VERSIONS))} if step == PolicyChanged.name() else {}
        story = story.then(
            step.removesuffix(".v1"), draw(st.sampled_from((0, 1, 17, 60, 240, 2000, 9000))), **fields
        )
        if draw(st.booleans()):
            now = story.at + draw(st.sampled_from((0, 1, MINUTE, 600 * MINUTE)))
            story, said = heard(story, now)
            visits.append((now, said))
    return story, visits


@given(days_of_a_case())
def test_nothing_early_each_once_and_in_order(day: tuple[Told, list[tuple[int, list[Saying]]]]) -> None:
    story, visits = day
    keys = Counter(each.key(story.case_id) for _, said in visits for each in said)
    assert set(keys.values()) <= {1}
    for now, said in visits:
        assert all(each.instant <= now for each in said)
        assert all((one.instant, one.number) <= (two.instant, two.number) for one, two in pairwise(said))


@given(days_of_a_case())
def test_after_a_visit_nothing_is_left_that_is_due_and_what_is_said_can_be_said(
    day: tuple[Told, list[tuple[int, list[Saying]]]],
) -> None:
    story, _ = day
    late = story.at + 30 * 24 * 60 * MINUTE
    story, _ = heard(story, late)
    assert all(each.instant > late for each in ahead(entries(story), DATA))


@given(days_of_a_case())
def test_whatever_it_was_moved_to_no_breach_is_lost(
    day: tuple[Told, list[tuple[int, list[Saying]]]],
) -> None:
    late = day[0].at + 30 * 24 * 60 * MINUTE
    story, _ = heard(day[0], late)
    log = entries(story)
    said = {(one.data.clock, one.data.generation) for one in log if isinstance(one.data, DeadlineBreached)}
    overdue = {
        (one.key, one.generation)
        for one in clocks(log, DATA.policies, DATA.calendars)
        if one.state is not State.SUPERSEDED and one.overdue(late)
    }
    assert log[-1].stage not in OPEN or overdue <= said


@given(days_of_a_case())
def test_a_second_monitor_reads_the_same_from_the_log(
    day: tuple[Told, list[tuple[int, list[Saying]]]],
) -> None:
    log = entries(day[0])
    assert ahead(log, DATA) == ahead(list(log), replace(DATA))
