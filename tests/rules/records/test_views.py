"""A case's page tells who checks it, and which appeals it has and what became of them."""

from libs.casework.vocabulary import Stage
from libs.stages.names import directory
from services.records.views import Detail, detail
from tests.support.cases import Told, a_told_case_at, told

NAMES = directory()


def page(story: Told) -> Detail:
    case = story.so_far
    return detail(case, NAMES.of(case), ())


def test_appeals_are_shown_open_and_decided() -> None:
    story = told("reported classified filed dispatched returned dispatched").then("appealed", entry=5)
    (waiting,) = page(story).appeals
    assert (waiting.mark, waiting.entry, waiting.unit, waiting.upheld) == ("return", 5, "pmc", None)
    for upheld in (True, False):
        decided = story.then("appeal_decided", appeal=waiting.appeal, upheld=upheld)
        (shown,) = page(decided).appeals
        assert (shown.appeal, shown.upheld) == (story.last.seq, upheld)


def test_who_was_chosen_to_check_is_shown_until_the_work_begins_again() -> None:
    story = a_told_case_at(Stage.RESOLVED).then("check_planned", checker="c-1")
    assert page(story).checker == "c-1"
    assert page(story.then("check_failed")).checker is None


def test_what_photos_show_is_forgotten_when_the_work_has_to_be_done_again() -> None:
    story = a_told_case_at(Stage.RESOLVED)
    assert (story.so_far.before_shown, story.so_far.after_shown) == (True, True)
    failed = story.then("check_planned").then("check_failed").so_far
    assert (failed.before_shown, failed.after_shown) == (True, False)
    again = a_told_case_at(Stage.CLOSED).then("called_back").then("reopened").so_far
    assert (again.after_shown, again.calls, again.checker) == (False, 0, None)
