"""What a resident reads at the end: by outcome and category, in both languages, nothing personal."""

import pytest

from libs.casework.events.closure import Closed
from libs.casework.vocabulary import Stage
from services.intake import tracking as public
from services.intake.app import answers
from services.intake.tracking import Tracking, tracking
from tests.support.cases import Told, a_told_case_at, told

ANSWERS = answers()


def read(story: Told, **instead: object) -> Tracking:
    return tracking(ANSWERS, public.Told(story.so_far.model_copy(update=instead), story.log))


def texts(story: Told, **instead: object) -> tuple[str, str]:
    reply = read(story, **instead).reply
    assert reply is not None
    return reply.zh, reply.en


def test_a_closed_case_tells_who_did_it_when_and_until_when_it_may_be_taken_up_again() -> None:
    zh, en = texts(a_told_case_at(Stage.CLOSED), category="exposed_garbage")
    assert "“暴露垃圾”" in zh
    assert "物业" in zh
    assert "2026年11月6日办结" in zh
    assert "2026年11月21日前" in zh
    assert "closed on 2026-11-06" in en
    assert "by 2026-11-21" in en


def test_a_category_has_words_of_its_own_and_its_own_term() -> None:
    zh, _ = texts(a_told_case_at(Stage.CLOSED))
    assert "围挡问题" in zh
    assert "2026年12月6日前" in zh


def test_a_private_case_is_told_of_without_what_it_was_about() -> None:
    story = a_told_case_at(Stage.CLOSED)
    zh, en = texts(story, public=False, category="infant_supplies")
    for word in ("婴", "奶粉", "物业", "infant", "supplies"):
        assert word not in zh + en


def test_a_case_closed_without_a_check_says_so() -> None:
    story = a_told_case_at(Stage.RESOLVED).then(Closed(rule="light_litter", data_version="2026-11-25"))
    zh, en = texts(story, category="exposed_garbage")
    assert "未作现场核查" in zh
    assert "without a check" in en


def test_a_rejected_case_names_the_reason_in_words() -> None:
    zh, en = texts(a_told_case_at(Stage.REJECTED))
    assert "现场未发现问题" in zh
    assert "not found on the spot" in en


@pytest.mark.parametrize("stage", [Stage.MERGED, Stage.WITHDRAWN])
def test_every_end_has_its_text(stage: Stage) -> None:
    assert all(texts(a_told_case_at(stage)))


@pytest.mark.parametrize(
    "stage", [stage for stage in Stage if stage.value not in ("closed", "rejected", "merged", "withdrawn")]
)
def test_an_open_case_has_no_answer_yet(stage: Stage) -> None:
    assert read(a_told_case_at(stage)).reply is None


def test_a_reopened_case_has_none_and_then_that_of_its_last_closing() -> None:
    again = a_told_case_at(Stage.RESOLVED).then(Closed(rule="r", data_version="v")).then("reopened")
    assert read(again).reply is None
    for step in ("dispatched", "accepted", "started", "resolved", "check_passed", "closed"):
        again = again.then(step)
    assert "核查" in texts(again)[0]


def test_nothing_that_a_person_wrote_and_no_place_is_filled_in() -> None:
    story = told(
        "reported details_added classified filed dispatched accepted started resolved check_passed closed"
    )
    zh, en = texts(story)
    for secret in (story.so_far.grid, story.so_far.community, story.so_far.compound, "clerk-1"):
        assert str(secret) not in zh + en


def test_a_unit_and_an_office_that_the_data_no_longer_names_are_told_in_general_words() -> None:
    story = a_told_case_at(Stage.CLOSED)
    assignment = story.so_far.assignment
    assert assignment is not None
    zh, _ = texts(
        story,
        category="gone",
        office="gone",
        assignment=assignment.model_copy(update={"lead": "gone"}),
    )
    assert "相关单位" in zh
    assert "其他" in zh
