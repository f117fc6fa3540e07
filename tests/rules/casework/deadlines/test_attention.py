"""The clock of a supervisor's order: one of the case's clocks, by the office's calendar or until an agreed instant."""

from hypothesis import given
from hypothesis import strategies as st

from libs.casework.calendar import parse_amount
from libs.casework.deadlines.explain import Explanation, as_text, explain_clock
from libs.casework.deadlines.timed import State
from services.sla.rules import Reference, ahead
from tests.support.calendars import SHIPPED, at
from tests.support.policies import SHIPPED_POLICIES
from tests.support.timelines import a_timeline, due_of, entries, the, timed

AT_WORK = (
    "2026-11-27 17:00 reported",
    "17:01 classified",
    "17:02 filed",
    "17:03 dispatched",
    "17:04 accepted",
    "17:05 started",
)
ORDERED = "17:30 attention_ordered limit=4_工作时"
KEY = "attention:7"


def test_its_limit_counts_by_the_calendar_of_the_office() -> None:
    assert due_of(a_timeline(*AT_WORK, ORDERED), KEY) == "Mon 2026-11-30 12:00"


def test_an_agreed_time_is_the_deadline() -> None:
    story = a_timeline(*AT_WORK, "17:30 attention_ordered limit=none due_at=2026-11-28_09:00")
    assert due_of(story, KEY) == "Sat 2026-11-28 09:00"


def test_without_a_deadline_there_is_no_clock() -> None:
    story = a_timeline(*AT_WORK, "17:30 attention_ordered limit=none")
    assert not [one for one in timed(story) if one.clock == "attention"]


def test_its_answer_ends_it() -> None:
    story = a_timeline(*AT_WORK, ORDERED, "17:40 attention_answered order=7")
    clock = the(story, KEY)
    assert (clock.state, clock.ended_at) == (State.DONE, at("2026-11-27 17:40"))


def test_the_answer_to_another_order_does_not() -> None:
    story = a_timeline(
        *AT_WORK, ORDERED, "17:31 attention_ordered limit=1_工作日", "17:40 attention_answered order=8"
    )
    assert [the(story, key).state for key in (KEY, "attention:8")] == [State.RUNNING, State.DONE]


def test_no_step_of_the_case_stops_it_but_its_end() -> None:
    lines = (
        "17:35 suspended",
        "17:36 resumed",
        "17:37 planned",
        "17:38 resolved",
        "17:39 check_planned",
        "17:40 check_failed",
        "17:41 rework_ordered",
    )
    story = a_timeline(*AT_WORK, ORDERED, *lines)
    clock = the(story, KEY)
    assert (clock.state, {one.running for one in clock.stretches}) == (State.RUNNING, {"counts"})
    assert due_of(story, KEY) == "Mon 2026-11-30 12:00"
    merged = a_timeline("2026-11-27 17:30 reported", "17:31 attention_ordered limit=4_工作时", "17:40 merged")
    assert the(merged, "attention:2").state is State.LEFT


def test_it_is_warned_breached_and_escalated_as_the_others() -> None:
    log = entries(a_timeline(*AT_WORK, ORDERED))
    ours = [one for one in ahead(log, Reference(SHIPPED_POLICIES, SHIPPED)) if one.clock == KEY]
    assert [one.event.TYPE for one in ours] == [
        "deadline_warned",
        "deadline_warned",
        "deadline_breached",
        "deadline_escalated",
        "deadline_escalated",
    ]
    assert ours[2].instant == at("2026-11-30 12:00") + 1


def test_the_explanation_says_who_set_it() -> None:
    clock = the(a_timeline(*AT_WORK, ORDERED), KEY)
    found = explain_clock(clock, SHIPPED_POLICIES, SHIPPED, at("2026-11-30 09:00"))
    assert isinstance(found, Explanation)
    text = as_text(found)
    assert "督办时限（7）" in text
    assert "as a supervisor ordered" in text


@given(minutes=st.integers(1, 60 * 24 * 14), hours=st.integers(1, 24))
def test_it_is_due_when_the_calendar_says_whenever_it_is_ordered(minutes: int, hours: int) -> None:
    story = a_timeline("2026-11-09 09:00 reported").then(
        "attention_ordered", minutes, limit=parse_amount(f"{hours} 工作时")
    )
    calendar = SHIPPED.get("datong-office")
    begin = at("2026-11-09 09:00") + minutes * 60_000_000
    clock = the(story, "attention:2")
    assert (clock.begin, clock.due) == (begin, calendar.add(begin, parse_amount(f"{hours} 工作时")))
    assert clock.due is not None
    assert calendar.timeline.worked(begin, clock.due) == hours * 3_600_000_000
