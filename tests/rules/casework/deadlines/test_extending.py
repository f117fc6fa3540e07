"""When a clock may be extended: a resolution at most twice, each time by at most ten workdays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.calendar import parse_amount
from libs.casework.deadlines.extending import Wish, not_to_extend, not_to_extend_by
from libs.casework.refusal import Refusal, Why
from tests.support.calendars import SHIPPED
from tests.support.policies import FIRST, SHIPPED_POLICIES
from tests.support.timelines import a_timeline, entries, the, timed

HOARDING = (
    "2026-11-26 10:00 reported",
    "10:00 classified",
    "10:00 filed",
    "10:00 dispatched",
    "10:00 accepted",
    "10:00 started",
)


def refused(by: str, *lines: str, key: str = "resolution") -> Refusal | None:
    clock = the(a_timeline(*HOARDING, *lines), key)
    return not_to_extend(Wish(clock, parse_amount(by), FIRST, SHIPPED.get(clock.calendar)))


@pytest.mark.parametrize("by", ["1 工作日", "10 工作日", "4 工作时", "70 工作时", "10 紧急工作日"])
def test_up_to_the_most_that_is_allowed_in_any_unit(by: str) -> None:
    assert refused(by) is None


@pytest.mark.parametrize("by", ["11 工作日", "71 工作时", "15 紧急工作日"])
def test_more_than_that_is_refused_with_what_is_allowed(by: str) -> None:
    found = refused(by)
    assert found is not None
    assert (found.code, found.attempted, found.field) == (Why.NOT_ALLOWED, "extend", "by")
    assert "10 工作日 10 workdays" in found.detail


def test_a_third_time_is_refused() -> None:
    extended = [f"2026-11-27 {clock} extended by=1_工作日" for clock in ("09:00", "10:00")]
    assert refused("1 工作日", extended[0]) is None
    found = refused("1 工作日", *extended)
    assert found is not None
    assert "was extended 2 times; policy 2026-11 allows 2" in found.detail


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("11:00 suspended", "resolution is paused (暂停)"),
        ("11:00 resolved", "resolution is done (已完成)"),
    ],
)
def test_only_a_running_clock_is_extended(line: str, said: str) -> None:
    found = refused("1 工作日", line)
    assert found is not None
    assert said in found.detail


def test_some_clocks_are_never_extended() -> None:
    lines = ("2026-11-26 11:00 resolved",)
    found = refused("1 工作日", *lines, key="check")
    assert found is not None
    assert found.detail == "policy 2026-11 extends no check; it extends: resolution, item, case"


@given(
    wishes=st.lists(
        st.tuples(
            st.sampled_from(("resolution", "case", "item:dismantle", "acceptance")),
            st.sampled_from(("1 工作日", "4 工作时", "10 工作日", "11 工作日", "2 紧急工作日", "0.5 工作日")),
            st.sampled_from((1, 90, 600)),
        ),
        max_size=8,
    )
)
def test_whatever_is_asked_for_no_clock_is_extended_too_often_and_none_falls_due_earlier(
    wishes: list[tuple[str, str, int]],
) -> None:
    story = a_timeline(*HOARDING)
    for clock, text, minutes in wishes:
        by = parse_amount(text)
        before = {one.key: one.due for one in timed(story)}
        if not_to_extend_by(entries(story), clock, by, SHIPPED_POLICIES, SHIPPED):
            continue
        story = story.then("extended", minutes, clock=clock, by=by)
        after = {one.key: one.due for one in timed(story)}
        assert after[clock] is not None
        assert before[clock] is not None
        assert after.pop(clock) >= before.pop(clock)  # type: ignore[operator]
        assert after == before
    for one in timed(story):
        allowed = FIRST.extensions.get(one.clock)
        assert len(one.extensions) <= (allowed.times if allowed else 0)


def test_what_cannot_be_told_is_refused_with_its_reason() -> None:
    story = a_timeline("2026-11-26 10:00 reported", "10:00 classified", "10:00 filed", "10:00 dispatched")
    log = entries(story)
    whole = not_to_extend_by(log, "case", parse_amount("1 工作日"), SHIPPED_POLICIES, SHIPPED)
    assert whole is not None
    assert (whole.field, "no table of rest days for 2027" in whole.detail) == ("clock", True)
    no_days = not_to_extend_by(log, "resolution", parse_amount("1.5 工作日"), SHIPPED_POLICIES, SHIPPED)
    assert no_days is not None
    assert "whole" in no_days.detail
