"""Reasons in words: every policy that sends a case to a clerk has some, in both languages."""

import pytest

from libs.stages.names import Name
from services.triage.matter import read_words
from services.triage.rules import FOR_A_CLERK
from services.triage.wording import wording
from tests.support.reference import hearing


@pytest.mark.parametrize("policy", FOR_A_CLERK, ids=lambda each: each.__name__)
def test_every_reason_to_ask_a_clerk_has_words(policy: object) -> None:
    told = wording(policy.__name__)  # type: ignore[attr-defined]
    assert "_" not in told.zh + told.en
    assert told.zh != told.en


def test_what_a_report_is_like_is_said_with_the_report() -> None:
    assert wording("like: 灯不亮") == Name(
        zh="与已审核的来件“灯不亮”相似", en="it is like the reviewed report “灯不亮”"
    )


def test_a_reason_without_words_stays_what_it_is() -> None:
    assert wording("by_hand") == Name(zh="by_hand", en="by_hand")


@pytest.mark.parametrize("text", ["楼道里的灯不亮了", "电梯里困了两个人", "the lamp is broken"])
def test_every_suggestion_says_why_in_words(text: str) -> None:
    for one in read_words(text, hearing()).suggestions:
        assert one.because
        assert all(wording(each).zh != each for each in one.because)
