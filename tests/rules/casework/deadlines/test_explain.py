"""The explanation as somebody reads it who counts by hand."""

import re
from fractions import Fraction

import pytest

from libs.casework.calendar import Calendar
from libs.casework.calendar.spec import Counting
from libs.casework.deadlines.asking import Answer, Question, answer
from libs.casework.deadlines.explain import Explanation, as_text, explain, explain_clock
from libs.casework.deadlines.explain.bar import bar, marks
from libs.casework.deadlines.explain.document import document
from libs.casework.deadlines.explain.wall import length
from libs.casework.deadlines.explain.words import Said
from libs.casework.deadlines.intervals import Kind
from libs.casework.deadlines.reckoning import Gap, reckon
from tests.support.calendars import DATONG, SHIPPED, a_spec, amount, at
from tests.support.policies import SHIPPED_POLICIES
from tests.support.timelines import a_timeline, timed

NOW = at("2026-11-28 10:00")


def told(
    begins: str, limit: str, *pauses: str, calendar: str = "datong-office", now: int = NOW
) -> Explanation:
    found = answer(Question(begins, limit, calendar, pauses), SHIPPED, now)
    assert isinstance(found, Answer), found
    return found.explanation


def days(explanation: Explanation) -> list[str]:
    """The lines of the days, without the Chinese."""
    lines = as_text(explanation).splitlines()
    these = [line for line in lines if re.match(r"  \d{4}-\d\d-\d\d", line)]
    return [re.sub(r"\s+", " ", re.sub(r"[\u3000-\u9fff（），]+", "", line)).strip() for line in these]


def test_a_friday_evening_day_by_day() -> None:
    assert days(told("2026-11-27T17:30", "4 工作时")) == [
        "2026-11-27 Fri 0:30 0:30 17:30–18:00",
        "2026-11-28 – 2026-11-29 – weekend",
        "2026-11-30 Mon 3:30 4:00 08:30–12:00",
    ]


def test_spring_festival_day_by_day() -> None:
    assert days(told("2026-02-13T17:00", "3 工作日")) == [
        "2026-02-13 Fri – the first day does not count",
        "2026-02-14 Sat 1 1 make-up workday (Spring Festival)",
        "2026-02-15 – 2026-02-23 – holiday: Spring Festival",
        "2026-02-24 Tue 1 2",
        "2026-02-25 Wed 1 3",
    ]


def test_a_pause_day_by_day() -> None:
    assert days(told("2026-11-26T10:00", "2 工作日", "2026-11-27T10:00/2026-11-30T15:00")) == [
        "2026-11-26 Thu – the first day does not count",
        "2026-11-27 Fri – not running when business ended: the day does not count; 10:00–24:00 pause 10:00–24:00",
        "2026-11-28 – 2026-11-29 – pause",
        "2026-11-30 Mon 1 1 00:00–15:00 pause 00:00–15:00",
        "2026-12-01 Tue 1 2",
    ]


def test_around_the_clock_whole_days_are_one_line_and_no_table_is_needed() -> None:
    assert days(told("2031-05-02T17:00", "4 紧急工作日")) == [
        "2031-05-02 Fri 7:00 7:00 17:00–24:00",
        "2031-05-03 – 2031-05-05 72:00 79:00 00:00–24:00",
        "2031-05-06 Tue 17:00 96:00 00:00–17:00",
    ]


def test_elapsed_days_show_the_working_time_that_passes() -> None:
    elapsed = Calendar(a_spec("08:30-12:00", "14:30-18:00", counting=Counting.ELAPSED))
    reckoning = reckon(elapsed, at("2026-11-27 16:00"), amount("1 work_day"))
    explanation = explain(elapsed, reckoning)
    assert days(explanation)[-1] == "2026-11-30 Mon 5:00 7:00 08:30–12:00 14:30–16:00"
    assert sum(one.amount for one in explanation.intervals) == Fraction(1)


def test_each_move_is_a_sentence_in_both_languages() -> None:
    first, second = told("2026-11-27T16:30", "4 工作时", "2026-11-27T17:00/2026-11-30T09:30").sentences
    assert first == Said(
        "自 2026-11-27 周五 16:30 起计 4 工作时（只计工作时段）：2026-11-30 周一 11:00 届满。",
        "4 working hours from Fri 2026-11-27 16:30 (only working windows count): due Mon 2026-11-30 11:00.",
    )
    assert (
        "期间本应计 工作时段 2:00，届满时间由 2026-11-30 周一 11:00 顺延至 2026-11-30 周一 15:30" in second.zh
    )
    assert "2:00 of working time would have counted in it" in second.en


@pytest.mark.parametrize(
    ("limit", "pause", "said"),
    [
        ("3 工作日", "2026-11-26T10:00/2026-11-28T10:00", "2 workdays would have counted in it"),
        ("30 分钟", "2026-11-25T09:10/2026-11-25T09:15", "0:05 would have counted in it"),
        (
            "4 工作时",
            "2026-11-25T12:00/2026-11-25T14:30",
            "nothing would have counted in it, so the deadline stays",
        ),
        ("4 工作时", "2026-11-25T10:00/", "Pause since Wed 2026-11-25 10:00 and not over"),
    ],
)
def test_what_a_pause_held_back_is_said(limit: str, pause: str, said: str) -> None:
    assert said in told("2026-11-25T09:00", limit, pause).sentences[1].en


def test_a_pause_that_goes_on_is_laid_out_to_now() -> None:
    explanation = told("2026-11-27T16:30", "4 工作时", "2026-11-27T17:00/")
    assert explanation.due is None
    assert (explanation.intervals[-1].kind, explanation.intervals[-1].end) == (Kind.PAUSED, NOW)
    assert "届满 未定（暂停中）" in as_text(explanation)


def test_the_bar_is_to_scale_with_now_and_due_below_it() -> None:
    # From 08:30 to 18:00: 22 columns of the morning, 16 of noon, 22 of the afternoon.
    explanation = told("2026-11-25T08:30", "7 工作时", now=at("2026-11-25 14:30"))
    assert explanation.bar == "█" * 22 + "·" * 16 + "█" * 22
    assert explanation.marks == (
        " " * 37 + "▲ 现在 now",
        " " * 50 + "届满 due ▲",
    )


def test_a_pause_shows_in_the_bar() -> None:
    explanation = told("2026-11-25T08:30", "1 工作时", "2026-11-25T09:00/2026-11-25T10:00")
    assert explanation.bar == "█" * 15 + "▒" * 30 + "█" * 15


def test_nothing_has_no_bar_and_what_lies_outside_no_mark() -> None:
    assert bar(()) == ""
    assert marks(10, 20, [(5, "early"), (25, "late")]) == []
    assert marks(10, 10, [(10, "now")], 8) == ["▲ now"]


def test_lengths_are_exact() -> None:
    assert [length(us) for us in (0, 1, 5_000_000, 12_600_000_000, 604_800_500_000)] == [
        "0:00",
        "0:00:00.000001",
        "0:00:05",
        "3:30",
        "168:00:00.5",
    ]


def test_a_clock_of_a_case_is_told_with_its_rule_and_on_whose_account_it_ran() -> None:
    story = a_timeline(
        "2026-11-25 09:00 reported",
        "09:00 classified category=exposed_garbage",
        "09:00 filed",
        "09:00 dispatched",
        "10:00 returned",
        "11:00 dispatched lead=enforce",
        "11:10 extended by=2_工作时",
    )
    (clock,) = [one for one in timed(story) if one.key == "resolution"]
    text = _text(explain_clock(clock, SHIPPED_POLICIES, SHIPPED, at("2026-11-25 11:30")))
    for line in (
        "处置时限 第 1 轮 · resolution, generation 1",
        "rule: 2026-11 · all: all other cases (–)",
        "source: yuncheng",
        "account: Wed 2026-11-25 10:00 – Wed 2026-11-25 11:00 office counts (returned.v1)",
        "Extended by 2 working hours (hard_work), approved by s-0007, from the old deadline on",
        "由 2026-11-25 周三 15:30 延至 2026-11-25 周三 17:30",
    ):
        assert line in text


def resolution_told(*lines: str, now: str) -> Explanation:
    story = a_timeline(
        "2026-11-25 09:00 reported",
        "09:00 classified category=exposed_garbage",
        "09:00 filed",
        "09:00 dispatched",
        "09:00 accepted",
        "09:00 started",
        *lines,
    )
    (clock,) = [one for one in timed(story) if one.key == "resolution"]
    found = explain_clock(clock, SHIPPED_POLICIES, SHIPPED, at(now))
    assert isinstance(found, Explanation)
    return found


def test_an_overdue_clock_says_by_how_much_and_shows_now() -> None:
    explanation = resolution_told(now="2026-11-25 17:00")
    assert (Said("超时", "overdue by"), Said("工作时段 1:30", "1:30 of working time")) in explanation.facts
    assert explanation.intervals[-1].end == at("2026-11-25 17:00")
    assert any("now" in mark for mark in explanation.marks)


def test_a_clock_long_overdue_is_shown_as_long_again_and_no_further() -> None:
    # Six and a half hours from 09:00 to 15:30, and as many from there on.
    explanation = resolution_told(now="2026-12-20 09:00")
    assert explanation.intervals[-1].end == at("2026-11-25 22:00")
    assert (
        Said("超时", "overdue by"),
        Said("工作时段 121:30", "121:30 of working time"),
    ) in explanation.facts


def test_what_ended_late_stays_late_by_as_much() -> None:
    explanation = resolution_told("16:00 resolved", now="2026-12-20 09:00")
    assert (Said("超时", "overdue by"), Said("工作时段 0:30", "0:30 of working time")) in explanation.facts
    in_time = resolution_told("15:30 resolved", now="2026-12-20 09:00")
    assert not [head for head, _ in in_time.facts if head.en == "overdue by"]


def test_in_a_year_without_a_table_an_overdue_clock_still_shows_its_deadline() -> None:
    explanation = resolution_told(now="2027-02-01 09:00")
    assert explanation.intervals[-1].end == at("2026-11-25 22:00")
    assert not [head for head, _ in explanation.facts if head.en == "overdue by"]


def test_an_agreed_deadline_and_one_that_cannot_be_told_are_told_as_such() -> None:
    story = a_timeline(
        "2026-12-30 09:00 reported", "09:00 classified", "09:00 filed", "09:00 dispatched", "09:30 planned"
    )
    told_of = {one.key: explain_clock(one, SHIPPED_POLICIES, SHIPPED, NOW) for one in timed(story)}
    assert "约定于 2026-11-06 周五 20:00 届满" in _text(told_of["item:dismantle"])
    resolution = told_of["resolution"]
    assert isinstance(resolution, Said)
    assert "no table of rest days for 2027" in resolution.en


def _text(explanation: Explanation | Said) -> str:
    assert isinstance(explanation, Explanation)
    return as_text(explanation)


def test_the_document_adds_up() -> None:
    gaps = (Gap(at("2026-11-27 17:00"), at("2026-11-30 09:30"), "suspension"),)
    reckoning = reckon(DATONG, at("2026-11-27 16:40"), amount("4 工作时"), gaps)
    found = document(explain(DATONG, reckoning, gaps, NOW), reckoning, DATONG)
    assert (found["due"], found["due_us"]) == ("2026-11-30T15:40:00+08:00", at("2026-11-30 15:40"))
    assert sum(Fraction(one["amount"]) for one in found["intervals"] if one["counts"]) == 4
    assert [one["cause"] for one in found["moves"]] == ["limit", "pause"]
    paused = [one for one in found["intervals"] if one["kind"] == "paused"]
    assert [(one["zh"], one["en"]) for one in paused] == [("挂账", "suspension")]
