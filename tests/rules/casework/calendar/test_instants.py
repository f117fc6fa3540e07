"""Instants as people write them."""

import pytest

from libs.casework.calendar.instants import InstantError, parse_instant
from tests.support.calendars import BERLIN, SHANGHAI, at, shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27T17:30",
        "2026-11-27 17:30",
        " 2026-11-27T17:30:00.000000 ",
        "2026-11-27T09:30Z",
        "2026-11-27T10:30:00+01:00",
    ],
)
def test_without_a_zone_it_is_the_calendars_wall_clock(text: str) -> None:
    assert parse_instant(text, SHANGHAI) == at("2026-11-27 17:30")


def test_a_microsecond_is_kept() -> None:
    assert parse_instant("2026-11-27T17:30:00.000001", SHANGHAI) == at("2026-11-27 17:30") + 1


def test_a_time_that_is_skipped_is_the_moment_of_skipping_and_one_shown_twice_its_first_showing() -> None:
    assert shown(parse_instant("2026-03-29T02:30", BERLIN), BERLIN) == "Sun 2026-03-29 03:00"
    twice = parse_instant("2026-10-25T02:30", BERLIN)
    assert twice == parse_instant("2026-10-25T02:30+02:00", BERLIN)


@pytest.mark.parametrize(
    "text", ["", "x", "2026-11-27", "17:30", "2026-02-30T10:00", "tomorrow 10:00", "99999-01-01T00:00"]
)
def test_what_is_no_instant_is_refused_with_what_was_typed(text: str) -> None:
    with pytest.raises(InstantError, match="is no instant"):
        parse_instant(text, SHANGHAI)
