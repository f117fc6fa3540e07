"""How well reports are understood that nothing was learned from: floors that can fail. `make bench` prints the figures."""

from itertools import pairwise

import pytest

from bench.classifier import Row, Share, Understood, fresh, interval, samples_held_out, understood
from libs.plumbing.data import read_yaml
from services.triage.app import reference
from services.triage.classify import listen
from services.triage.reviewed import is_held_out
from tests.support.reference import catalogue, hearing

TOO_CLOSE = 0.3
"""From this share of common pairs on, one report is the other in other words."""


@pytest.fixture(scope="module")
def samples() -> Understood:
    return understood(samples_held_out(), hearing(), catalogue())


@pytest.fixture(scope="module")
def new() -> Understood:
    return understood(fresh(), hearing(), catalogue())


def test_sample_reports_that_were_held_out_are_recognised(samples: Understood) -> None:
    assert samples.first.value >= 0.88, samples
    assert samples.three.value >= 0.93, samples
    assert samples.by_rule.value >= 0.92, samples
    assert samples.emergencies == Share(9, 9)


def test_reports_that_nobody_tuned_for_are_recognised(new: Understood) -> None:
    assert new.first.value >= 0.82, new
    assert new.three.value >= 0.92, new
    assert new.by_rule.value >= 0.9, new
    assert new.emergencies.hits >= 26, new


def test_false_alarms_leave_the_queue_usable(samples: Understood, new: Understood) -> None:
    assert samples.alarms.value <= 0.4, samples
    assert new.alarms.value <= 0.35, new


def test_nothing_was_learned_from_what_is_held_out() -> None:
    learned = [pairs(each.text) for each in reference().examples if each.quotable]
    near = [
        row["id"]
        for row in held_out()
        for each in learned
        if closeness(pairs(row["text"]), each) >= TOO_CLOSE
    ]
    assert near == OF_THE_SAMPLES


OF_THE_SAMPLES = ["zh156", "zh168", "f031", "f106"]
"""Held-out reports that happen to come close to a sample report of the other two thirds."""


def held_out() -> list[Row]:
    return [*samples_held_out(), *fresh()]


def test_a_third_of_the_samples_is_held_out() -> None:
    rows = [row for language in ("zh", "en") for row in read_yaml("utterances.yaml")[language]]
    assert sum(is_held_out(row) for row in rows) == len(samples_held_out()) == 78
    assert not {row["text"] for row in rows if is_held_out(row)} & {
        each.text for each in reference().examples
    }


def test_an_interval_holds_its_share() -> None:
    low, high = interval(27, 27)
    assert low == pytest.approx(0.875, abs=0.001)
    assert high == pytest.approx(1.0)


def pairs(text: str) -> frozenset[str]:
    run = [token for token in listen(text, hearing().index) if token[0] == " " or token.isalnum()]
    return frozenset(a + b for a, b in pairwise(run))


def closeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
