"""When somebody is told: levels by hand. Blue at three quarters of the limit, yellow at nine tenths, red when due and after."""

from dataclasses import replace
from fractions import Fraction

from libs.casework.deadlines.levels import levels, share_used
from libs.casework.deadlines.timed import Timed
from tests.support.calendars import SHIPPED, at, shown
from tests.support.policies import FIRST
from tests.support.timelines import a_timeline, the

GARBAGE = (
    "2026-11-25 09:00 reported",
    "09:00 classified category=exposed_garbage",
    "09:00 filed",
    "09:00 dispatched",
    "09:00 accepted",
    "09:00 started",
)


def reached(clock: Timed) -> dict[str, str]:
    found = levels(clock, FIRST, SHIPPED.get(clock.calendar))
    return {one.level.id: shown(one.at) for one in found}


def test_levels_of_four_working_hours() -> None:
    # 09:00 to 15:30 on Wednesday: three hours at 12:00, 3.6 at 15:06; six hours are one more on Thursday after 18:00.
    assert reached(the(a_timeline(*GARBAGE), "resolution")) == {
        "near": "Wed 2026-11-25 12:00",
        "behind": "Wed 2026-11-25 15:06",
        "overdue": "Wed 2026-11-25 15:30",
        "overdue_half": "Wed 2026-11-25 17:30",
        "overdue_twice": "Thu 2026-11-26 10:00",
    }


def test_a_pause_moves_the_levels_that_lie_ahead() -> None:
    story = a_timeline(*GARBAGE, "11:00 suspended", "16:00 resumed")
    assert reached(the(story, "resolution")) == {
        "near": "Wed 2026-11-25 17:00",
        "behind": "Wed 2026-11-25 17:36",
        "overdue": "Wed 2026-11-25 18:00",
        "overdue_half": "Thu 2026-11-26 10:30",
        "overdue_twice": "Thu 2026-11-26 15:00",
    }


def test_levels_of_minutes_run_around_the_clock() -> None:
    infant = a_timeline(
        "2026-11-27 23:40 reported", "23:40 classified category=infant_supplies urgency=urgent public=no"
    )
    assert list(reached(the(infant, "response")).values())[:4] == [
        "Sat 2026-11-28 00:02:30",
        "Sat 2026-11-28 00:07",
        "Sat 2026-11-28 00:10",
        "Sat 2026-11-28 00:25",
    ]


def test_while_nobody_can_tell_the_deadline_no_level_is_ahead() -> None:
    clock = the(a_timeline(*GARBAGE, "10:00 suspended"), "resolution")
    assert reached(clock) == {}
    assert share_used(clock, SHIPPED.get(clock.calendar), at("2026-11-26 09:00")) is None


def test_a_level_beyond_the_tables_is_left_out_and_the_deadline_is_not() -> None:
    lines = [line.replace("2026-11-25", "2026-12-31") for line in GARBAGE]
    story = a_timeline(*(line.replace("09:00", "08:30") for line in lines))
    assert list(reached(the(story, "resolution"))) == ["near", "behind", "overdue", "overdue_half"]


def test_the_share_that_is_used_goes_on_beyond_the_deadline_and_stops_with_the_clock() -> None:
    calendar = SHIPPED.get("datong-office")
    clock = the(a_timeline(*GARBAGE), "resolution")
    times = {
        "09:00": 0,
        "10:00": Fraction(1, 4),
        "13:00": Fraction(3, 4),
        "15:30": 1,
        "17:30": Fraction(3, 2),
    }
    for time, share in times.items():
        assert share_used(clock, calendar, at(f"2026-11-25 {time}")) == share
    done = the(a_timeline(*GARBAGE, "11:00 resolved"), "resolution")
    assert share_used(done, calendar, at("2026-12-25 09:00")) == Fraction(1, 2)


def test_levels_that_nobody_can_write_down_or_no_table_reaches_are_left_out() -> None:
    far = 253_300_000_000_000_000
    item = the(a_timeline(*GARBAGE), "resolution")
    assert item.reckoning is not None
    agreed = replace(item, target=None, agreed_due=far, reckoning=replace(item.reckoning, due=far))
    assert {one.level.id for one in levels(agreed, FIRST, SHIPPED.get(item.calendar))}.isdisjoint(
        {"overdue_half", "overdue_twice"}
    )
    into_2027 = a_timeline(*GARBAGE, "10:00 extended by=60_紧急工作日")
    clock = the(into_2027, "resolution")
    assert clock.due is not None
    assert levels(clock, FIRST, SHIPPED.get(clock.calendar)) == ()
    assert share_used(clock, SHIPPED.get(clock.calendar), at("2026-11-25 11:00")) is None
