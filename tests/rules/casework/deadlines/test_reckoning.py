"""A deadline as a chain of moves, at the edges: midnights, pauses that touch, extensions upon extensions."""

from libs.casework.calendar import Calendar
from libs.casework.deadlines.intervals import Kind, intervals
from libs.casework.deadlines.reckoning import Cause, Extension, Gap, in_order, reckon
from tests.support.calendars import BERLIN, DATONG, a_spec, amount, at, shown

NIGHT = Calendar(a_spec("22:00-24:00", zone=BERLIN))
DAY_MORE = Extension(at("2026-11-25 09:00"), amount("1 work_day"), "s-1", "hard_work")


def night(wall: str) -> int:
    return at(wall, BERLIN)


def test_a_deadline_at_midnight_is_extended_from_the_day_that_it_ends() -> None:
    # Wednesday 18:00, one workday: Thursday's business ends at midnight. One more: Friday's.
    found = reckon(NIGHT, night("2026-11-25 18:00"), amount("1 work_day"), (), (DAY_MORE,))
    assert [shown(move.after or 0, BERLIN) for move in found.moves] == [
        "Fri 2026-11-27 00:00",
        "Sat 2026-11-28 00:00",
    ]


def test_a_pause_in_an_extension_after_a_midnight_takes_its_first_workday_out() -> None:
    gap = Gap(night("2026-11-27 10:00"), night("2026-11-28 10:00"), "suspension")
    found = reckon(NIGHT, night("2026-11-25 18:00"), amount("1 work_day"), (gap,), (DAY_MORE,))
    assert shown(found.due or 0, BERLIN) == "Tue 2026-12-01 00:00"
    laid_out = intervals(NIGHT, found, (gap,), found.due or 0)
    counted = [shown(one.end, BERLIN) for one in laid_out if one.kind is Kind.COUNTED]
    assert counted == ["Fri 2026-11-27 00:00", "Tue 2026-12-01 00:00"]


def test_the_first_day_of_an_extension_after_a_midnight_counts_as_it_should() -> None:
    found = reckon(NIGHT, night("2026-11-25 18:00"), amount("1 work_day"), (), (DAY_MORE, DAY_MORE))
    laid_out = intervals(NIGHT, found, (), found.due or 0)
    assert sum(one.amount for one in laid_out if one.kind is Kind.COUNTED) == 3


def test_pauses_that_touch_move_a_deadline_as_one_does() -> None:
    whole = (Gap(at("2026-11-25 10:00"), at("2026-11-25 16:00"), "suspension"),)
    parts = (
        Gap(at("2026-11-25 10:00"), at("2026-11-25 11:00"), "suspension"),
        Gap(at("2026-11-25 11:00"), at("2026-11-25 16:00"), "waiting_on_resident"),
    )
    ends = [
        reckon(DATONG, at("2026-11-25 09:00"), amount("4 work_hour"), gaps).due for gaps in (whole, parts)
    ]
    assert {shown(end or 0) for end in ends} == {"Thu 2026-11-26 09:30"}


def test_no_extension_helps_while_a_pause_goes_on() -> None:
    gap = Gap(at("2026-11-25 10:00"), None, "suspension")
    found = reckon(DATONG, at("2026-11-25 09:00"), amount("4 work_hour"), (gap,), (DAY_MORE,))
    assert (found.due, [move.cause for move in found.moves]) == (None, [Cause.LIMIT, Cause.PAUSE])


def test_gaps_are_put_in_order_and_what_overlaps_is_joined() -> None:
    def gap(begin: int, end: int | None) -> Gap:
        return Gap(begin, end, "pause")

    assert in_order([gap(7, 9), gap(1, 3), gap(2, 5), gap(5, 6)], 2) == (gap(2, 6), gap(7, 9))
    assert in_order([gap(1, 2), gap(4, None), gap(5, 6)], 3) == (gap(4, None),)
    assert in_order([gap(1, 9), gap(2, 3)], 0) == (gap(1, 9),)
