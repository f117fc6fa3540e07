"""What counts as a correction, and that its words are freed of what names somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.entry import Entry
from libs.casework.events.model import Event
from libs.casework.events.triage import Classified, QueuedForClerk, Suggestion
from libs.casework.samples import sample
from libs.casework.vocabulary import Urgency
from services.triage.corrections import Correction, correction_in, freed, lesson

SUGGESTED = (Suggestion(category="bin", score=0.4), Suggestion(category="bin_overflow", score=0.3))


def classified(category: str, *because: str) -> Classified:
    return Classified(
        category=category,
        urgency=Urgency.NORMAL,
        public=True,
        office="yingbin",
        because=because,
        data_version="test",
    )


def queued(*suggestions: Suggestion) -> QueuedForClerk:
    return QueuedForClerk(because=("not_sure_enough",), suggestions=suggestions, data_version="test")


def corrected(*said: Event) -> Correction | None:
    return correction_in([an_entry(place, each) for place, each in enumerate(said, 1)])


def test_a_clerk_who_files_as_another_than_the_likeliest_corrects() -> None:
    found = corrected(queued(*SUGGESTED), classified("bin_overflow", "by_hand"))
    assert found is not None
    assert (found.was, found.category, found.at) == ("bin", "bin_overflow", 2)


def test_a_clerk_who_agrees_corrects_nothing() -> None:
    assert corrected(queued(*SUGGESTED), classified("bin", "by_hand")) is None


def test_what_a_rule_decided_and_a_person_changed_is_a_correction() -> None:
    found = corrected(classified("bin", "words: 桶"), classified("dog", "by_hand"))
    assert found is not None
    assert found.was == "bin"


def test_a_name_for_what_nothing_was_suggested_for_is_a_correction() -> None:
    found = corrected(queued(), classified("dog", "by_hand"))
    assert found is not None
    assert found.was is None


def test_the_last_word_of_people_counts() -> None:
    first, last = classified("dog", "by_hand"), classified("bin", "by_hand")
    assert corrected(queued(*SUGGESTED), first, last) is None


def test_a_log_without_people_holds_no_correction() -> None:
    assert corrected() is None
    assert corrected(classified("bin", "words: 桶")) is None


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("打我电话13812345678", "13812345678"),
        ("电话 138 1234 5678", "5678"),
        ("身份证14021119580101123X", "140211"),
        ("微信号abc_12345", "abc_12345"),
        ("晋B12345挡路", "12345"),
        ("7号楼2单元301室漏水", "301"),
        ("三单元王大爷摔了", "王大爷"),
        ("我叫李小明，灯坏了", "李小明"),
        ("找老张说过", "老张"),
        ("write to a.b@example.org", "example"),
        ("My name is Jane Roe and the lamp is broken", "Jane"),
        ("Mr. Smith fell", "Smith"),
    ],
)
def test_what_names_somebody_is_not_learned(said: str, gone: str) -> None:
    assert gone not in freed(said)


@pytest.mark.parametrize(
    "said", ["路灯不亮", "老人摔了", "小区门口的井盖没了", "老路坏了", "the lamp is broken"]
)
def test_what_names_nobody_stays(said: str) -> None:
    assert freed(said) == said


@given(st.text(max_size=200))
def test_no_number_is_left(text: str) -> None:
    assert not any("0" <= each <= "9" for each in freed(text))
    assert len(freed(text)) <= len(text)


def test_a_lesson_is_never_quoted() -> None:
    taught = lesson("我叫李小明，灯坏了", "street_lamp", Urgency.EMERGENCY)
    assert (taught.category, taught.emergency, taught.quotable) == ("street_lamp", True, False)
    assert "李小明" not in taught.text


def an_entry(place: int, said: Event) -> Entry:
    known = sample(type(said).name()).entry
    return known.model_copy(update={"seq": place, "at": place, "data": said})
