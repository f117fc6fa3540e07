"""Whether two reports are of the same thing: what speaks for it, what is suggested, what a rule may merge, what never."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.events.triage import Likeness
from libs.casework.vocabulary import Source, Stage, Urgency
from libs.plumbing.data import read_yaml
from services.triage.likeness import HOUR, Pair, Report, alike, compare, merges, ranked
from services.triage.measures import parse_measures
from tests.support.cases import a_case_at
from tests.support.neighbours import the_measures
from tests.support.reference import catalogue

HERE = (113.297086, 40.082726)
M = 1 / 111_195
MEASURES = the_measures()
GARBAGE = Counter(["小区", "区门", "门口", "口垃", "垃圾", "圾成", "成堆"])
OTHER_WORDS = Counter(["楼下", "下脏", "脏死", "死了"])


def a_report(stage: Stage = Stage.CONFIRMING, hours: float = 0, north_m: float = 0, **instead: Any) -> Report:
    """Of rubbish in the open, so many hours after and metres north of the first."""
    of_case = {name: instead.pop(name) for name in ("source", "office") if name in instead}
    case = a_case_at(stage, category="exposed_garbage", **{"source": Source.RESIDENT} | of_case)
    case = case.model_copy(update={"reported_at": case.reported_at + round(hours * HOUR)})
    report = Report(
        case=case,
        position=(HERE[0], HERE[1] + north_m * M),
        exact=True,
        category="exposed_garbage",
        public=True,
        urgency=Urgency.NORMAL,
        pairs=GARBAGE,
        words=frozenset({"垃圾", "门口"}),
    )
    return replace(report, **instead)


def found(new: Report, earlier: Report) -> tuple[Pair, Likeness]:
    likely = compare(new, earlier, MEASURES)
    assert likely is not None
    return likely


def by_rule(new: Report, earlier: Report) -> tuple[str, ...]:
    return merges(*found(new, earlier), MEASURES)


def test_the_same_words_at_the_same_place_are_merged_with_what_held() -> None:
    pair, likeness = found(a_report(hours=1, north_m=8), a_report())
    assert (likeness.metres, likeness.apart, likeness.words) == (10, HOUR, ("垃圾", "门口"))
    assert likeness.because == ("near", "recent", "same_category", "by_points")
    because = merges(pair, likeness, MEASURES)
    assert {"near", "recent", "nobody_in_danger", "for_everybody_to_see", "words_alike"} <= set(because)
    assert because[-1].startswith("score ")


def test_other_words_at_the_same_place_are_for_a_person_to_judge() -> None:
    new = a_report(hours=1, north_m=8, pairs=OTHER_WORDS, words=frozenset())
    pair, likeness = found(new, a_report())
    assert MEASURES.suggest_from <= likeness.score < MEASURES.merge_from
    assert merges(pair, likeness, MEASURES) == ()


@pytest.mark.parametrize(
    "instead",
    [
        {"urgency": Urgency.EMERGENCY},
        {"urgency": Urgency.URGENT},
        {"source": Source.GRID_WORKER},
        {"exact": False},
        {"category": "leaf_branch"},
    ],
    ids=str,
)
def test_what_a_rule_never_merges(instead: dict[str, Any]) -> None:
    assert by_rule(a_report(hours=1), a_report()) != ()
    assert by_rule(a_report(hours=1, **instead), a_report()) == ()


def test_nothing_private_is_merged_by_rule() -> None:
    assert by_rule(a_report(hours=1, public=False), a_report(public=False)) == ()
    assert compare(a_report(hours=1, public=False), a_report(), MEASURES) is None
    assert compare(a_report(hours=1), a_report(public=False), MEASURES) is None


def test_nothing_is_merged_into_an_emergency_or_into_what_nobody_has_settled() -> None:
    earlier = a_report()
    unsettled = replace(earlier, case=earlier.case.model_copy(update={"category": None}))
    assert by_rule(a_report(hours=1), a_report(urgency=Urgency.EMERGENCY)) == ()
    assert by_rule(a_report(hours=1), unsettled) == ()


def test_a_category_that_the_office_does_not_trust_to_a_rule_is_only_suggested() -> None:
    new, earlier = (a_report(hours=hours, category="hoarding") for hours in (1, 0))
    assert found(new, earlier)[1].score > MEASURES.merge_from
    assert by_rule(new, earlier) == ()


@pytest.mark.parametrize("stage", [Stage.RESOLVED, Stage.CLOSED, Stage.REJECTED, Stage.WITHDRAWN])
def test_what_is_done_or_has_ended_is_not_the_same(stage: Stage) -> None:
    assert compare(a_report(hours=1), a_report(stage), MEASURES) is None


def test_the_radius_and_the_hours_are_those_of_the_category() -> None:
    measure = MEASURES.of("exposed_garbage")
    inside, outside = measure.radius_m - 1, measure.radius_m + 1
    assert compare(a_report(north_m=outside), a_report(), MEASURES) is None
    assert compare(a_report(north_m=inside), a_report(), MEASURES) is not None
    assert compare(a_report(hours=measure.within_hours + 0.01), a_report(), MEASURES) is None


def test_reports_of_one_compound_are_near_without_metres() -> None:
    _, likeness = found(a_report(hours=1, exact=False), a_report())
    assert likeness.metres is None
    assert "by_points" not in likeness.because


def test_the_likeliest_comes_first_and_of_two_the_earlier() -> None:
    new = a_report(hours=3, north_m=20)
    pairs = [found(new, earlier) for earlier in (a_report(hours=1), a_report(), a_report(north_m=20))]
    scores = [likeness.score for _, likeness in ranked(pairs)]
    assert scores == sorted(scores, reverse=True)


counts = st.dictionaries(st.sampled_from("甲乙丙丁"), st.integers(1, 5)).map(Counter)


@given(one=counts, other=counts)
def test_likeness_of_words_is_a_share_and_the_same_both_ways(one: Counter[str], other: Counter[str]) -> None:
    assert 0 <= alike(one, other) == alike(other, one) <= 1
    assert alike(one, one) == (1 if one else 0)


@given(hours=st.floats(0, 100), north=st.floats(0, 100), share=st.integers(0, 7))
def test_a_score_is_a_share_and_farther_later_or_other_words_never_raise_it(
    hours: float, north: float, share: int
) -> None:
    words = Counter(dict(list(GARBAGE.items())[:share]))
    near, far = (
        compare(a_report(hours=more, north_m=north, pairs=words), a_report(), MEASURES)
        for more in (hours, hours + 1)
    )
    if far:
        assert near is not None
        assert 0 <= far[1].score <= near[1].score <= 1


def changed(**instead: Any) -> dict[str, Any]:
    return read_yaml("duplicates.yaml") | instead


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"suggest_from": 0.9}, "below suggest_from"),
        ({"weights": {"place": 1, "time": 1, "category": 0, "words": 0}}, "have to make 1"),
        ({"categories": {"nothing": {"radius_m": 5, "within_hours": 5}}}, "no category nothing"),
        ({"categories": {"infant_supplies": {"radius_m": 5, "within_hours": 5, "by_rule": True}}}, "private"),
        ({"usual": {"radius_m": 5000, "within_hours": 5}}, "radius_m"),
        ({"usual": {"radius_m": 50, "within_hours": 5, "by_rule": True}}, "by itself"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_measures_that_cannot_be_are_refused_with_their_reason(instead: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_measures(changed(**instead), catalogue())
