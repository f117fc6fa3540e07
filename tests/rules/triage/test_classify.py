"""Classification by words: what it is, why, and how urgent; measured on reports that nobody tuned on."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.categories import Catalogue, Subclass, parse_catalogue
from libs.casework.events.triage import Suggestion
from libs.casework.vocabulary import Urgency
from libs.plumbing.data import read_yaml
from services.triage.classify import hear
from services.triage.classify import urgency_of as urgency_heard
from services.triage.lexicon import MAX_CHARACTERS, tokens
from services.triage.matter import read_words
from tests.support.reference import hearing

CATALOGUE: Catalogue = parse_catalogue(read_yaml("categories.yaml"))
HEARING = hearing()
UTTERANCES: list[dict[str, Any]] = [
    row for lang in ("zh", "en") for row in read_yaml("utterances.yaml")[lang]
]


def rank(text: str) -> tuple[Suggestion, ...]:
    return read_words(text, HEARING).suggestions


def urgency_of(text: str, subclass: Subclass | None) -> Urgency:
    return urgency_heard(hear(text, HEARING), subclass, HEARING.index)


def top(text: str) -> str | None:
    ranked = rank(text)
    return ranked[0].category if ranked else None


def category(name: str) -> Subclass:
    found = CATALOGUE.get(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("小区门外的临时围挡多处破损，铁底座都锈了，周围堆着垃圾", "hoarding"),
        ("孩子还不到一岁，奶粉和尿不湿都没了", "infant_supplies"),
        ("楼道里的消火栓打开没水", "hydrant_no_water"),
        ("北馨花园小区枯枝落叶堆了一院子", "leaf_branch"),
        ("The hoarding outside our compound is broken", "hoarding"),
        ("We have run out of infant formula", "infant_supplies"),
    ],
)
def test_the_stories_are_recognised(words: str, expected: str) -> None:
    assert top(words) == expected


def test_a_longer_word_counts_more_than_the_shorter_one_inside_it() -> None:
    assert top("燃气井盖裂了") == "cover_gas"
    assert top("井盖裂了") == "cover_unknown"


def test_common_mistypings_are_understood() -> None:
    assert top("围当破了") == top("围挡破了") == "hoarding"


def test_a_suggestion_says_which_words_spoke_for_it() -> None:
    best = rank("电梯里困了两个人")[0]
    assert best.category == "lift_trap"
    assert any("困" in word for word in best.because)


@pytest.mark.parametrize(
    "words", ["", "……", "急急急", "嗯嗯", "asdf", "hello?", "小区东门", "刚才填错了，井盖没事"]
)
def test_what_says_nothing_suggests_nothing(words: str) -> None:
    assert rank(words) == ()


def test_what_is_corrected_does_not_count() -> None:
    assert top("不是路灯，是垃圾桶满了") == "bin_overflow"


def test_danger_raises_the_urgency_of_any_category() -> None:
    bay = category("bike_bay")
    assert bay.urgency is Urgency.NORMAL
    assert urgency_of("电动车棚冒烟了", bay) is Urgency.EMERGENCY
    assert urgency_of("电动车棚要倒了", bay) is Urgency.URGENT
    assert urgency_of("电动车棚旧了", bay) is Urgency.NORMAL


def test_denied_danger_does_not_raise_it() -> None:
    assert urgency_of("没有冒烟，就是旧了", category("bike_bay")) is Urgency.NORMAL


@pytest.mark.parametrize("subclass", CATALOGUE.subclasses, ids=lambda one: one.id)
def test_urgency_is_never_lowered(subclass: Subclass) -> None:
    order = list(Urgency)
    assert order.index(urgency_of("不急，慢慢来", subclass)) >= order.index(subclass.urgency)


def test_danger_is_heard_even_where_nothing_can_be_placed() -> None:
    assert urgency_of("救命", None) is Urgency.EMERGENCY


@given(text=st.text(max_size=200))
def test_any_text_is_answered_in_order_with_scores_below_one(text: str) -> None:
    ranked = rank(text)
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)
    assert all(CATALOGUE.get(one.category) and one.category != "unknown" for one in ranked)


@given(text=st.text(alphabet="井盖路灯电梯围挡垃圾不没冒烟 lampfire", max_size=40))
def test_the_same_words_are_always_ranked_the_same(text: str) -> None:
    assert rank(text) == rank(text)


def test_a_very_long_report_is_cut_and_not_slow() -> None:
    assert len(tokens("围挡" * 100_000)) == MAX_CHARACTERS


def test_a_text_takes_less_than_a_millisecond() -> None:
    began = time.process_time()
    for row in UTTERANCES:
        read_words(row["text"], HEARING)
    assert (time.process_time() - began) / len(UTTERANCES) < 0.001
