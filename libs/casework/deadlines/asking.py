"""A question about a deadline as somebody types it, on the command line or over HTTP: when is it due?"""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.casework.calendar.amount import AmountError, parse_amount
from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.calendars import Calendars, UnknownCalendar
from libs.casework.calendar.instants import InstantError, parse_instant
from libs.casework.calendar.spec import UnknownYear
from libs.casework.deadlines.explain import Explanation, explain
from libs.casework.deadlines.reckoning import Gap, Reckoning, in_order, reckon
from libs.casework.refusal import Refusal, Why

USUAL = "datong-office"
"""The calendar when none is named."""
ATTEMPTED = "due"
LONGEST_US = 10 * 366 * 24 * 3600 * 1_000_000
"""Ten years: an explanation goes day by day, and a question must not keep everybody else waiting."""


@dataclass(frozen=True, slots=True)
class Question:
    """`begins` and the two ends of each pause as `parse_instant` reads them, `limit` as `parse_amount` does.

    A pause is `BEGIN/END`, or `BEGIN/` while it goes on.
    """

    begins: str
    limit: str
    calendar: str = USUAL
    pauses: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The deadline with all that leads to it."""

    calendar: Calendar
    reckoning: Reckoning
    gaps: tuple[Gap, ...]
    explanation: Explanation


def answer(question: Question, calendars: Calendars, now: int) -> Answer | Refusal:
    """The deadline, or which part of the question is wrong and why. `now` (µs UTC) is only marked in the picture."""
    field = "calendar"
    try:
        calendar = calendars.get(question.calendar)
        field = "from"
        begins = parse_instant(question.begins, calendar.spec.zone)
        field = "pause"
        gaps = in_order((_pause(text, calendar) for text in question.pauses), begins)
        field = "limit"
        reckoning = reckon(calendar, begins, parse_amount(question.limit), gaps)
        if reckoning.due is not None and reckoning.due - begins > LONGEST_US:
            return Refusal(
                Why.INVALID, "the deadline lies over ten years away", attempted=ATTEMPTED, field=field
            )
        return Answer(calendar, reckoning, gaps, explain(calendar, reckoning, gaps, now))
    except (UnknownCalendar, UnknownYear, InstantError, AmountError) as error:
        return Refusal(Why.INVALID, str(error), attempted=ATTEMPTED, field=field)
    except OverflowError:
        return Refusal(Why.INVALID, "that lies outside the years 1 to 9998", attempted=ATTEMPTED, field=field)


def _pause(text: str, calendar: Calendar) -> Gap:
    begin, slash, end = text.partition("/")
    if not slash:
        raise InstantError(f"{text!r} is no pause: write BEGIN/END, or BEGIN/ while it goes on")
    zone = calendar.spec.zone
    begins, ends = parse_instant(begin, zone), parse_instant(end, zone) if end.strip() else None
    if ends is not None and ends <= begins:
        raise InstantError(f"the pause {text} ends before it begins")
    return Gap(begins, ends, "pause")
