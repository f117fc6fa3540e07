"""A deadline alone, as somebody asks for it."""

import pytest

from libs.casework.deadlines.asking import Answer, Question, answer
from libs.casework.refusal import Refusal, Why
from tests.support.calendars import SHIPPED, at, shown

NOW = at("2026-11-28 10:00")


def asked(question: Question) -> Answer:
    found = answer(question, SHIPPED, NOW)
    assert isinstance(found, Answer), found
    return found


def due(question: Question) -> str | None:
    at_last = asked(question).reckoning.due
    return None if at_last is None else shown(at_last)


def test_a_limit_without_pauses() -> None:
    assert due(Question("2026-11-27T17:30", "4 工作时")) == "Mon 2026-11-30 12:00"
    assert due(Question("2026-11-27T09:30Z", "4 work_hour", "handbook-8h")) == "Mon 2026-11-30 11:30"


def test_pauses_in_any_order_and_overlapping_are_one() -> None:
    # Paused from Friday 17:00 to Monday 09:30 in three pieces: half an hour is used, three and a half are left.
    pieces = (
        "2026-11-28T09:00/2026-11-30T09:30",
        "2026-11-27T17:00/2026-11-28T09:00",
        "2026-11-27T17:10/2026-11-27T17:20",
    )
    found = asked(Question("2026-11-27T16:30", "4 工作时", pauses=pieces))
    assert shown(found.reckoning.due or 0) == "Mon 2026-11-30 15:30"
    assert len(found.gaps) == 1


def test_a_pause_before_the_beginning_counts_from_the_beginning() -> None:
    over, reaching_in = "2026-11-20T08:00/2026-11-21T08:00", "2026-11-24T08:00/2026-11-25T10:00"
    assert due(Question("2026-11-25T09:00", "1 工作时", pauses=(over, reaching_in))) == "Wed 2026-11-25 11:00"


def test_a_pause_that_goes_on_leaves_the_deadline_open() -> None:
    assert due(Question("2026-11-25T09:00", "4 工作时", pauses=("2026-11-25T10:00/",))) is None
    joined = ("2026-11-25T10:00/", "2026-11-25T11:00/2026-11-25T12:00")
    assert due(Question("2026-11-25T09:00", "4 工作时", pauses=joined)) is None


def test_a_pause_after_the_deadline_leaves_it_where_it_is() -> None:
    assert (
        due(Question("2026-11-25T09:00", "1 工作时", pauses=("2026-11-25T10:00/",))) == "Wed 2026-11-25 10:00"
    )


@pytest.mark.parametrize(
    ("question", "field", "said"),
    [
        (Question("soon", "4 工作时"), "from", "'soon' is no instant"),
        (Question("2026-11-25T09:00", "4"), "limit", "is no limit"),
        (Question("2026-11-25T09:00", "0.5 工作日"), "limit", "workdays are whole"),
        (
            Question("2026-11-25T09:00", "4 工作时", "moon"),
            "calendar",
            "no calendar 'moon'; known: datong-office",
        ),
        (Question("2026-12-31T09:00", "2 工作日"), "limit", "no table of rest days for 2027"),
        (Question("2027-03-01T09:00", "2 工作日"), "limit", "no table of rest days for 2027"),
        (Question("9998-12-31T23:00", "900 紧急工作日"), "limit", "outside the years"),
        (Question("2026-11-25T09:00", "9000 紧急工作日"), "limit", "over ten years away"),
        (
            Question("1900-01-01T09:00", "9 紧急工作日", pauses=("1900-01-02T00:00/2100-01-01T00:00",)),
            "limit",
            "over ten years away",
        ),
        (
            Question("2026-11-25T09:00", "4 工作时", pauses=("lunch",)),
            "pause",
            "'lunch' is no pause: write BEGIN/END",
        ),
        (Question("2026-11-25T09:00", "4 工作时", pauses=("x/",)), "pause", "'x' is no instant"),
        (
            Question("2026-11-25T09:00", "4 工作时", pauses=("2026-11-25T10:00/2026-11-25T10:00",)),
            "pause",
            "ends before",
        ),
    ],
)
def test_a_wrong_question_is_refused_with_the_part_that_is_wrong(
    question: Question, field: str, said: str
) -> None:
    found = answer(question, SHIPPED, NOW)
    assert isinstance(found, Refusal)
    assert (found.code, found.field, found.attempted) == (Why.INVALID, field, "due")
    assert said in found.detail
