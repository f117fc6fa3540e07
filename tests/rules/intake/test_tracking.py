"""What a resident is told of a report that was merged, withdrawn or split; and what not."""

from typing import Any

from libs.casework.case import Case
from libs.casework.vocabulary import Stage
from services.intake.app import answers
from services.intake.tracking import Told, tracking
from tests.support.cases import a_told_case_at

ANSWERS = answers()


def a_told(stage: Stage, **instead: Any) -> Told:
    story = a_told_case_at(stage)
    case: Case = story.so_far.model_copy(update=instead)
    return Told(case, story.log)


def test_a_case_that_goes_its_own_way_has_no_remarks() -> None:
    told = tracking(ANSWERS, a_told(Stage.CLOSED))
    assert (told.stage, told.remarks, told.merged_into, told.split_into) == (Stage.CLOSED, [], None, [])
    assert [reached.stage for reached in told.stages][-1] is Stage.CLOSED


def test_a_merged_report_is_followed_in_its_original() -> None:
    told = tracking(ANSWERS, a_told(Stage.MERGED), a_told(Stage.CLOSED, number="YB-2611-00042", public=True))
    assert told.merged_into is not None
    assert (told.merged_into.number, told.merged_into.stage) == ("YB-2611-00042", Stage.CLOSED)
    (remark,) = told.remarks
    assert "YB-2611-00042" in remark.zh
    assert "已结案" in remark.zh
    assert "closed" in remark.en


def test_an_original_that_has_become_private_is_not_shown() -> None:
    told = tracking(
        ANSWERS,
        a_told(Stage.MERGED, public=True),
        a_told(Stage.WORKING, number="YB-2611-00042", public=False),
    )
    assert told.merged_into is None
    assert "YB-2611-00042" not in told.model_dump_json()
    assert told.remarks


def test_a_withdrawn_report_says_that_it_was_taken_back() -> None:
    (remark,) = tracking(ANSWERS, a_told(Stage.WITHDRAWN)).remarks
    assert "撤回" in remark.zh


def test_a_split_report_is_followed_in_each_part() -> None:
    told = tracking(ANSWERS, a_told(Stage.WORKING), parts=[a_told(Stage.CLOSED), a_told(Stage.FILED)])
    assert [part.stage for part in told.split_into] == [Stage.CLOSED, Stage.FILED]
    assert "2 件事" in told.remarks[0].zh
