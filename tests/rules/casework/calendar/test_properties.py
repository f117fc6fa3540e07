"""What must hold for any calendar, any instant, any amount; and that a minute-by-minute reckoning says the same."""

from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from libs.casework.calendar import Amount, Calendar
from libs.casework.calendar.amount import HOUR
from libs.casework.calendar.spec import Counting, Spec
from libs.casework.categories import LimitUnit
from tests.support.calendars import BERLIN, DATONG, NEW_YORK, a_spec, at
from tests.support.slow_calendar import MINUTE, slow_add, slow_civil, slow_measure

DAYTIME = ("08:30-12:00", "14:30-18:00")
NO_WEEKEND = frozenset[int]()
SPECS: tuple[Spec, ...] = (
    DATONG.spec,
    replace(DATONG.spec, counting=Counting.HOURS, hours_a_day=7),
    a_spec(*DAYTIME, later={"2026-03-10": ("09:00-12:00", "15:00-18:30"), "2026-10-01": DAYTIME}),
    a_spec(*DAYTIME, zone=BERLIN),
    a_spec("22:00-24:00", zone=BERLIN),
    a_spec("00:00-03:15", "22:00-24:00", zone=NEW_YORK, weekend=NO_WEEKEND),
    a_spec("00:00-24:00", zone=BERLIN, weekend=NO_WEEKEND),
    a_spec("01:00-02:10", "02:20-02:40", "02:40-05:00", zone=BERLIN, weekend=NO_WEEKEND),
    # Half an hour forward and back.
    a_spec("01:30-03:00", "13:00-19:00", zone=ZoneInfo("Australia/Lord_Howe"), weekend=NO_WEEKEND),
)
ELAPSED: tuple[Spec, ...] = (
    replace(DATONG.spec, counting=Counting.ELAPSED),
    a_spec(*DAYTIME, zone=BERLIN, counting=Counting.ELAPSED),
    a_spec("22:00-24:00", zone=BERLIN, counting=Counting.ELAPSED),
)
# Around the switches of 2026 as often as anywhere else.
AROUND = [
    at(day) for day in ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
]
DAY = 24 * HOUR
near = st.sampled_from(AROUND).flatmap(lambda middle: st.integers(middle - 2 * DAY, middle + 2 * DAY))
instants = st.integers(at("2025-02-01"), at("2026-10-31")) | near
calendars = st.sampled_from([Calendar(spec) for spec in SPECS])
elapsed = st.sampled_from([Calendar(spec) for spec in ELAPSED])
hours = st.integers(1, 60 * HOUR).map(lambda us: Amount(Fraction(us, HOUR), LimitUnit.WORK_HOUR))
days = st.integers(1, 20).map(lambda n: Amount(Fraction(n), LimitUnit.WORK_DAY))
urgent = st.sampled_from((LimitUnit.URGENT_HOUR, LimitUnit.URGENT_DAY))
urgents = st.builds(lambda us, unit: Amount(Fraction(us, HOUR), unit), st.integers(1, 60 * HOUR), urgent)
working = hours | days


def inside_closed_time(calendar: Calendar, moment: int) -> bool:
    """Neither open, nor the very end of a window."""
    return not (calendar.is_open(moment) or calendar.is_open(moment - 1))


@given(calendars, instants, hours | urgents)
def test_adding_then_measuring_gives_the_amount_back(calendar: Calendar, begin: int, amount: Amount) -> None:
    end = calendar.add(begin, amount)
    assert abs(calendar.measure(begin, end, amount.unit) - amount.value) * HOUR <= 12
    if amount.unit is LimitUnit.WORK_HOUR:
        assert calendar.measure(begin, end, amount.unit) == amount.value


@given(calendars | elapsed, instants, days)
def test_adding_days_then_measuring_gives_the_days_back(
    calendar: Calendar, begin: int, amount: Amount
) -> None:
    assert calendar.measure(begin, calendar.add(begin, amount), LimitUnit.WORK_DAY) == amount.value


@given(calendars | elapsed, instants, days)
def test_a_moment_before_the_deadline_fewer_days_have_passed(
    calendar: Calendar, begin: int, amount: Amount
) -> None:
    assert calendar.measure(begin, calendar.add(begin, amount) - 1, LimitUnit.WORK_DAY) < amount.value


@given(calendars | elapsed, instants, working)
def test_subtracting_leads_to_where_adding_leads_back(calendar: Calendar, begin: int, amount: Amount) -> None:
    end = calendar.add(begin, amount)
    assert calendar.add(calendar.subtract(end, amount), amount) == end


@given(calendars, instants, hours)
def test_subtracting_hours_inverts_adding_up_to_closed_time(
    calendar: Calendar, begin: int, amount: Amount
) -> None:
    back = calendar.subtract(calendar.add(begin, amount), amount)
    assert back >= begin
    assert calendar.measure(begin, back, LimitUnit.WORK_HOUR) == 0


@given(elapsed, instants, days)
def test_subtracting_elapsed_days_gives_the_same_time_of_day(
    calendar: Calendar, begin: int, amount: Amount
) -> None:
    opened = calendar.timeline.opening_from(begin)
    assert calendar.subtract(calendar.add(begin, amount), amount) == opened


@given(calendars, instants, urgents)
def test_around_the_clock_subtracting_inverts_adding(calendar: Calendar, begin: int, amount: Amount) -> None:
    assert calendar.subtract(calendar.add(begin, amount), amount) == begin


@given(calendars | elapsed, instants, working)
def test_no_deadline_lies_inside_closed_time(calendar: Calendar, begin: int, amount: Amount) -> None:
    assert not inside_closed_time(calendar, calendar.add(begin, amount))


@given(calendars | elapsed, instants, st.integers(0, 5 * DAY), working | urgents)
def test_who_begins_later_ends_no_earlier(calendar: Calendar, begin: int, later: int, amount: Amount) -> None:
    assert calendar.add(begin, amount) <= calendar.add(begin + later, amount)


@given(calendars | elapsed, instants, days, st.integers(0, 5))
def test_more_days_end_no_earlier(calendar: Calendar, begin: int, amount: Amount, more: int) -> None:
    assert calendar.add(begin, amount) <= calendar.add(begin, replace(amount, value=amount.value + more))


@given(calendars, instants, st.integers(0, 9 * DAY), st.integers(0, 9 * DAY))
def test_working_time_adds_up(calendar: Calendar, begin: int, first: int, second: int) -> None:
    worked = calendar.timeline.worked
    middle, end = begin + first, begin + first + second
    assert worked(begin, middle) + worked(middle, end) == worked(begin, end)
    assert worked(begin, end) == sum(
        closed - opened for opened, closed in calendar.timeline.windows(begin, end)
    )


@given(calendars, instants, st.integers(1, 1500))
def test_hours_end_where_a_walk_minute_by_minute_ends(calendar: Calendar, begin: int, minutes: int) -> None:
    begin -= begin % MINUTE
    amount = Amount(Fraction(minutes, 60), LimitUnit.WORK_HOUR)
    assert calendar.add(begin, amount) == slow_add(calendar.spec, begin, minutes)


@given(calendars, instants, st.integers(0, 1800))
def test_as_much_is_measured_as_a_walk_minute_by_minute_finds(
    calendar: Calendar, begin: int, minutes: int
) -> None:
    begin -= begin % MINUTE
    end = begin + minutes * MINUTE
    found = Fraction(slow_measure(calendar.spec, begin, end), 60)
    assert calendar.measure(begin, end, LimitUnit.WORK_HOUR) == found


@given(st.sampled_from([Calendar(spec) for spec in SPECS if spec.counting is Counting.CIVIL]), instants, days)
def test_civil_days_end_where_a_walk_day_by_day_ends(calendar: Calendar, begin: int, amount: Amount) -> None:
    assert calendar.add(begin, amount) == slow_civil(calendar.spec, begin, int(amount.value))
