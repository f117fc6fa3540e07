"""Deadlines computed by hand from the published calendar of 2024 to 2026; weekdays stand beside them to be checked."""

import pytest

from libs.casework.calendar import Calendar, UnknownYear
from libs.casework.calendar.spec import Counting
from libs.casework.categories import LimitUnit
from tests.support.calendars import BERLIN, DATONG, SHIPPED, a_spec, amount, at, due


@pytest.mark.parametrize(
    ("begin", "limit", "end"),
    [
        # A plain Wednesday: 09:00 to 12:00 are three hours, the fourth ends at 15:30.
        ("2026-11-25 09:00", "4 工作时", "Wed 2026-11-25 15:30"),
        # What ends exactly when a window ends is due then.
        ("2026-11-25 08:30", "3.5 工作时", "Wed 2026-11-25 12:00"),
        ("2026-11-25 08:30", "7 工作时", "Wed 2026-11-25 18:00"),
        # Reported in the lunch break, before opening, after closing, on a Saturday.
        ("2026-11-25 13:00", "1 工作时", "Wed 2026-11-25 15:30"),
        ("2026-11-25 06:00", "1 工作时", "Wed 2026-11-25 09:30"),
        ("2026-11-25 20:00", "1 工作时", "Thu 2026-11-26 09:30"),
        ("2026-11-28 10:00", "1 工作时", "Mon 2026-11-30 09:30"),
        # A Friday evening report: half an hour on Friday, three and a half on Monday morning.
        ("2026-11-27 17:30", "4 工作时", "Mon 2026-11-30 12:00"),
        ("2026-11-27 17:30", "1 工作日", "Mon 2026-11-30 18:00"),
        ("2026-11-27 17:30", "4 紧急工作时", "Fri 2026-11-27 21:30"),
        ("2026-11-27 17:30", "2 紧急工作日", "Sun 2026-11-29 17:30"),
        ("2026-11-27 17:30", "30 分钟", "Fri 2026-11-27 18:00"),
        # Spring festival 2026: rest from Sunday 02-15 to Monday 02-23, Saturdays 02-14 and 02-28 are worked.
        ("2026-02-13 17:00", "4 工作时", "Sat 2026-02-14 11:30"),
        ("2026-02-13 17:00", "1 工作日", "Sat 2026-02-14 18:00"),
        ("2026-02-13 17:00", "2 工作日", "Tue 2026-02-24 18:00"),
        ("2026-02-14 17:00", "4 工作时", "Tue 2026-02-24 11:30"),
        ("2026-02-14 09:00", "5 工作日", "Sat 2026-02-28 18:00"),
        ("2026-02-14 09:00", "6 工作日", "Mon 2026-03-02 18:00"),
        ("2026-02-18 10:00", "1 工作日", "Tue 2026-02-24 18:00"),
        ("2026-02-18 10:00", "2 紧急工作时", "Wed 2026-02-18 12:00"),
        # National Day 2026: rest 10-01 to 10-07, Sunday 09-20 and Saturday 10-10 are worked.
        ("2026-09-30 16:00", "2 工作日", "Fri 2026-10-09 18:00"),
        ("2026-09-30 16:00", "3 工作日", "Sat 2026-10-10 18:00"),
        ("2026-09-18 17:00", "2 工作时", "Sun 2026-09-20 09:30"),
        # Across a new year: 2025-12-31 is a Wednesday, rest 01-01 to 01-03, Sunday 01-04 is worked.
        ("2025-12-31 15:00", "1 工作日", "Sun 2026-01-04 18:00"),
        ("2025-12-31 17:00", "2 工作时", "Sun 2026-01-04 09:30"),
        # Qingming 2024: Thursday 04-04 to Saturday 04-06, and Sunday 04-07 is worked.
        ("2024-04-03 17:30", "1 工作日", "Sun 2024-04-07 18:00"),
        # Microseconds are kept.
        ("2026-11-25 09:00:00.000001", "4 工作时", "Wed 2026-11-25 15:30:00.000001"),
    ],
)
def test_a_deadline_by_hand(begin: str, limit: str, end: str) -> None:
    assert due(begin, limit) == end


def test_a_day_of_eight_working_hours_runs_into_the_next_day() -> None:
    assert due("2026-11-25 10:00", "1 工作日", SHIPPED.get("handbook-8h")) == "Thu 2026-11-26 10:00"
    assert due("2026-11-25 08:00", "0.5 工作日", SHIPPED.get("handbook-8h")) == "Wed 2026-11-25 12:00"


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2026-11-26 10:15", "Fri 2026-11-27 10:15"),
        ("2026-11-27 10:15", "Mon 2026-11-30 10:15"),
        ("2026-11-27 12:00", "Mon 2026-11-30 12:00"),
        ("2026-11-27 13:00", "Mon 2026-11-30 14:30"),
        ("2026-11-27 18:00", "Mon 2026-11-30 18:00"),
        ("2026-11-27 18:01", "Tue 2026-12-01 08:30"),
        ("2026-11-28 10:15", "Tue 2026-12-01 08:30"),
    ],
)
def test_elapsed_counting_keeps_the_time_of_day(begin: str, end: str) -> None:
    elapsed = Calendar(a_spec("08:30-12:00", "14:30-18:00", counting=Counting.ELAPSED))
    assert due(begin, "1 work_day", elapsed) == end


def test_elapsed_counting_looks_for_an_open_time_when_the_hours_have_changed() -> None:
    later = {"2026-11-30": ("10:00-12:00", "15:00-16:00")}
    elapsed = Calendar(a_spec("08:30-12:00", "14:30-18:00", counting=Counting.ELAPSED, later=later))
    assert due("2026-11-27 09:00", "1 work_day", elapsed) == "Mon 2026-11-30 10:00"
    assert due("2026-11-27 14:45", "1 work_day", elapsed) == "Mon 2026-11-30 15:00"
    assert due("2026-11-27 17:00", "1 work_day", elapsed) == "Mon 2026-11-30 16:00"


def test_new_windows_count_from_their_day_on_and_not_before() -> None:
    summer = Calendar(
        a_spec("08:00-12:00", "14:00-18:00", later={"2026-06-01": ("08:00-12:00", "15:00-18:30")})
    )
    assert due("2026-05-29 17:00", "6 work_hour", summer) == "Mon 2026-06-01 16:00"
    assert due("2026-05-28 17:00", "6 work_hour", summer) == "Fri 2026-05-29 15:00"
    assert due("2026-05-29 17:00", "1 work_day", summer) == "Mon 2026-06-01 18:30"


def test_the_hours_of_berlin_when_clocks_go_forward_and_back() -> None:
    # On Sunday 2026-03-29 02:00 becomes 03:00, on Sunday 2026-10-25 03:00 becomes 02:00.
    night = Calendar(a_spec("01:00-04:00", zone=BERLIN, weekend=frozenset()))
    assert (
        night.measure(at("2026-03-29 00:00", BERLIN), at("2026-03-30 00:00", BERLIN), LimitUnit.WORK_HOUR)
        == 2
    )
    assert (
        night.measure(at("2026-10-25 00:00", BERLIN), at("2026-10-26 00:00", BERLIN), LimitUnit.WORK_HOUR)
        == 4
    )
    assert due("2026-03-29 01:30", "1 work_hour", night) == "Sun 2026-03-29 03:30"
    assert due("2026-03-28 23:00", "1 urgent_day", night) == "Mon 2026-03-30 00:00"


def test_a_window_that_is_skipped_when_clocks_go_forward_is_none() -> None:
    skipped = Calendar(a_spec("02:15-02:45", "05:00-06:00", zone=BERLIN, weekend=frozenset()))
    assert due("2026-03-29 00:00", "1 work_hour", skipped) == "Sun 2026-03-29 06:00"
    assert due("2026-03-28 00:00", "1 work_day", skipped) == "Sun 2026-03-29 06:00"


def test_a_window_that_ends_at_midnight_ends_its_own_day() -> None:
    night = Calendar(a_spec("22:00-24:00", zone=BERLIN))
    assert due("2026-03-27 23:00", "1 work_hour", night) == "Sat 2026-03-28 00:00"
    assert due("2026-03-26 12:00", "1 work_day", night) == "Sat 2026-03-28 00:00"
    assert due("2026-03-27 12:00", "1 work_day", night) == "Tue 2026-03-31 00:00"
    elapsed = Calendar(a_spec("22:00-24:00", zone=BERLIN, counting=Counting.ELAPSED))
    assert due("2026-03-27 00:00", "1 work_day", elapsed) == "Sat 2026-03-28 00:00"


@pytest.mark.parametrize(
    ("begin", "limit"),
    [("2026-12-31 09:00", "1 工作日"), ("2026-12-31 17:30", "1 工作时"), ("2027-03-01 09:00", "1 工作时")],
)
def test_a_year_without_a_table_is_refused_by_name(begin: str, limit: str) -> None:
    with pytest.raises(UnknownYear, match=r"datong-office.* 2027; it has: 2024, 2025, 2026") as refused:
        due(begin, limit)
    assert (refused.value.year, refused.value.known) == (2027, (2024, 2025, 2026))


def test_before_the_first_table_too() -> None:
    with pytest.raises(UnknownYear, match="2023"):
        DATONG.subtract(at("2024-01-02 09:00"), amount("1 工作时"))


def test_what_ends_with_the_last_known_year_needs_no_further_table() -> None:
    assert due("2026-12-31 17:00", "1 工作时") == "Thu 2026-12-31 18:00"
    assert due("2026-12-30 17:00", "1 工作日") == "Thu 2026-12-31 18:00"
    assert DATONG.measure(at("2026-12-31 00:00"), at("2027-01-01 00:00"), LimitUnit.WORK_HOUR) == 7


def test_around_the_clock_no_table_is_needed() -> None:
    assert due("2031-05-01 09:00", "1 紧急工作日") == "Fri 2031-05-02 09:00"


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_workdays_as_its_notice_says(year: int, days: int) -> None:
    assert len(DATONG.timeline.year(year).workday) == days


def test_open_at_the_opening_and_no_more_at_the_closing() -> None:
    openness = [
        DATONG.is_open(at(f"2026-11-25 {clock}")) for clock in ("08:29", "08:30", "11:59", "12:00", "14:30")
    ]
    assert openness == [False, True, True, False, True]
