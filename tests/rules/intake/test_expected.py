"""What a resident sees by when: the nearest promise that is still open, by the office's own policies."""

import pytest

from libs.casework.draft import Sealed
from services.intake import tracking as public
from services.intake.app import answers
from services.intake.expected import Expectation
from tests.support.calendars import SHIPPED
from tests.support.cases import Told
from tests.support.policies import SHIPPED_POLICIES
from tests.support.timelines import a_timeline, the

EXPECTATION = Expectation(SHIPPED_POLICIES, SHIPPED)
FILED = ("2026-11-26 09:00 reported", "09:05 classified category=rubble", "09:10 filed")
AT_WORK = (*FILED, "09:30 dispatched", "09:40 accepted", "10:00 started")


def expected(story: Told) -> int | None:
    log: list[Sealed] = list(story.log)
    return EXPECTATION.of(log)


def test_before_it_is_dispatched_the_closing_is_promised() -> None:
    story = a_timeline(*FILED)
    assert expected(story) == the(story, "case").due


def test_at_work_the_mending_is_promised() -> None:
    story = a_timeline(*AT_WORK)
    assert expected(story) == the(story, "resolution").due


@pytest.mark.parametrize("ending", ["rejected", "withdrawn"])
def test_once_it_has_ended_nothing_is_promised(ending: str) -> None:
    assert expected(a_timeline(FILED[0], f"09:20 {ending}")) is None


def test_a_pause_promises_nothing_that_nobody_knows() -> None:
    story = a_timeline(*AT_WORK, "10:30 suspended")
    assert expected(story) == the(story, "case").due


def test_tracking_tells_it_as_an_instant() -> None:
    story = a_timeline(*AT_WORK)
    told = public.tracking(answers(), public.Told(story.so_far, story.log), expected=1_790_000_000_000_000)
    assert told.expected == "2026-09-21T14:13:20.000000Z"
    assert [reached.stage for reached in told.stages] == [
        "reported",
        "filed",
        "dispatched",
        "accepted",
        "working",
    ]
    assert public.tracking(answers(), public.Told(story.so_far, story.log)).expected is None
