"""The reviewed calendars, and how wrong ones are refused."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from libs.casework.calendar import UnknownCalendar, parse_calendars
from libs.casework.calendar.spec import Counting, DayKind
from libs.casework.offices import parse_offices
from libs.plumbing.data import read_yaml
from tests.support.calendars import DATONG, SHIPPED

CALENDARS, HOLIDAYS = read_yaml("calendars.yaml"), read_yaml("holidays.yaml")
Spoil = Callable[[dict[str, Any]], object]


def spoilt(spoil: Spoil) -> dict[str, Any]:
    data = deepcopy(CALENDARS)
    spoil(data)
    return data


def test_datong_office_is_what_it_is_said_to_be() -> None:
    spec = DATONG.spec
    assert [str(window) for window in spec.windows_on(date(2026, 11, 25))] == ["08:30-12:00", "14:30-18:00"]
    assert (spec.zone.key, spec.counting, spec.weekend) == (
        "Asia/Shanghai",
        Counting.CIVIL,
        frozenset({6, 7}),
    )
    assert repr(DATONG) == "Calendar(datong-office)"


def test_every_office_has_a_calendar_in_its_own_time_zone() -> None:
    for office in parse_offices(read_yaml("offices.yaml")).offices:
        assert SHIPPED.of_office(office.code).spec.zone.key == office.timezone


def test_an_office_may_have_several_calendars_and_the_first_is_the_usual_one() -> None:
    assert SHIPPED.offices["yingbin"] == ("datong-office", "handbook-8h")
    assert SHIPPED.of_office("yingbin") is DATONG


def test_the_days_that_the_notices_name_are_told_by_kind_and_name() -> None:
    kinds = {
        day: DATONG.spec.kind_of(date.fromisoformat(day))
        for day in ("2026-02-14", "2026-02-16", "2026-02-24", "2026-02-28", "2026-03-01")
    }
    assert list(kinds.values()) == [
        DayKind.MADE_UP,
        DayKind.HOLIDAY,
        DayKind.WORKDAY,
        DayKind.MADE_UP,
        DayKind.WEEKEND,
    ]
    assert DATONG.spec.name_of(date(2026, 2, 16)) == ("春节", "Spring Festival")
    assert DATONG.spec.name_of(date(2026, 2, 24)) is None


@pytest.mark.parametrize("row", HOLIDAYS["test_days"], ids=lambda row: str(row["date"]))
def test_the_test_days_of_the_table_are_worked_as_it_says(row: dict[str, Any]) -> None:
    assert DATONG.spec.kind_of(date.fromisoformat(row["date"])).works is row["works"]


def test_the_version_names_both_files() -> None:
    assert SHIPPED.version == f"calendars {CALENDARS['version']}, holidays {HOLIDAYS['version']}"


def test_an_unknown_calendar_or_office_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownCalendar, match=r"'moon'; known: datong-office, handbook-8h"):
        SHIPPED.get("moon")
    with pytest.raises(UnknownCalendar, match=r"office nowhere has no calendar.*yingbin"):
        SHIPPED.of_office("nowhere")


def _first(data: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = data["calendars"][0]
    return row


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: _first(data).update(timezone="Mars/Olympus"), "no time zone 'Mars/Olympus'"),
        (lambda data: _first(data)["windows"][0].update(open=[510]), "510 is no window: write it in quotes"),
        (
            lambda data: _first(data)["windows"][0].update(open=["18:00-08:30"]),
            "ends before it begins; one over midnight",
        ),
        (lambda data: _first(data)["windows"][0].update(open=["22:00-24:01"]), "'24:01' is no time of day"),
        (
            lambda data: _first(data)["windows"][0].update(open=["8h-12:00"]),
            "'8h' is no time of day; write 08:30",
        ),
        (lambda data: _first(data)["windows"][0].update(open=["08:75-12:00"]), "'08:75' is no time of day"),
        (lambda data: _first(data)["windows"][0].update(open=["08:00-12:00", "11:00-13:00"]), "overlap"),
        (lambda data: _first(data)["windows"][0].update({"from": "2026-01-01"}), "hold since ever"),
        (
            lambda data: _first(data)["windows"].append({"open": ["09:00-12:00"]}),
            "need a `from` each, in order",
        ),
        (lambda data: _first(data).update(work_day={"count": "hours"}), "`hours` belongs to `count: hours`"),
        (lambda data: _first(data).update(work_day={"count": "civil", "hours": 8}), "and only to it"),
        (lambda data: _first(data).update(weekend=["sunday"]), "weekend"),
        (
            lambda data: _first(data).update(weekend=["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
            "at most 6 items",
        ),
        (lambda data: _first(data).update(wednesday="closed"), "wednesday"),
        (lambda data: data["calendars"].append(deepcopy(_first(data))), "a calendar stands twice"),
        (
            lambda data: data["offices"].update(yingbin=["moon"]),
            "office yingbin names calendar moon, which is none of",
        ),
    ],
)
def test_a_wrong_calendar_is_refused_with_what_is_wrong(spoil: Spoil, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_calendars(spoilt(spoil), HOLIDAYS)
    assert said in str(refused.value)
