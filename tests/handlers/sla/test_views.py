"""What is shown of clocks that are out of the ordinary."""

from libs.casework.deadlines.vocabulary import Colour
from services.sla.app import reference
from services.sla.views import ClockView, ToldClock, shown, told
from tests.support.calendars import at
from tests.support.timelines import a_timeline, timed

DATA = reference()
GARBAGE = (
    "09:00 classified category=exposed_garbage",
    "09:00 filed",
    "09:00 dispatched",
    "09:00 accepted",
    "09:00 started",
)


def resolution(day: str, *lines: str, now: str) -> tuple[ClockView, ToldClock]:
    story = timed(a_timeline(f"{day} 09:00 reported", *GARBAGE, *lines))
    views, texts = shown(story, DATA, at(now)), told(story, DATA, at(now))
    (view,) = [one for one in views if one.clock == "resolution"]
    (text,) = [one for one in texts if one.clock == "resolution"]
    return view, text


def test_what_was_done_exactly_when_it_was_due_is_not_red() -> None:
    in_time, _ = resolution("2026-11-25", "15:30 resolved", now="2026-12-01 09:00")
    late, _ = resolution("2026-11-25", "15:31 resolved", now="2026-12-01 09:00")
    assert (in_time.colour, in_time.overdue, late.colour, late.overdue) == (
        Colour.YELLOW,
        False,
        Colour.RED,
        True,
    )


def test_a_paused_clock_has_no_deadline_and_no_colour() -> None:
    view, text = resolution("2026-11-25", "15:20 suspended", now="2026-11-26 09:00")
    assert (view.due, view.colour, view.used, view.levels, view.trouble) == (None, None, None, (), None)
    assert "未定（暂停中）" in text.text


def test_where_no_table_reaches_the_trouble_is_said() -> None:
    # A hoarding has three workdays, and Thursday 2026-12-31 is the last day that a table knows.
    lines = ("2026-12-31 09:00 reported", "09:00 classified", *GARBAGE[1:])
    story = timed(a_timeline(*lines))
    (view,) = [one for one in shown(story, DATA, at("2026-12-31 10:00")) if one.clock == "resolution"]
    (text,) = [one for one in told(story, DATA, at("2026-12-31 10:00")) if one.clock == "resolution"]
    assert (view.due, text.computation) == (None, None)
    assert "no table of rest days for 2027" in str(view.trouble)
    assert "no table of rest days for 2027" in str(text.trouble)


def test_a_clock_that_ran_on_into_a_year_without_a_table_still_shows_its_deadline() -> None:
    view, _ = resolution("2026-12-30", now="2027-02-01 09:00")
    assert (view.due, view.overdue, view.used) == ("2026-12-30T15:30:00+08:00", True, None)


def test_an_office_that_lost_its_calendar_shows_the_trouble() -> None:
    story = timed(a_timeline("2026-11-25 09:00 reported", "09:00 classified office=nowhere", *GARBAGE[1:]))
    (view,) = [one for one in shown(story, DATA, at("2026-11-25 10:00")) if one.clock == "resolution"]
    assert view.began == "2026-11-25T01:00:00+00:00"
    assert "no calendar 'nowhere'" in str(view.trouble)
