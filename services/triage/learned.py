"""What was learned from reviewed reports: a linear model over n-grams for the category, another for danger. Pure.

Scoring adds the rows of a report's few n-grams: 153 numbers each, 30 µs a report.
"""

from typing import NamedTuple

import numpy as np

from services.triage.ngrams import Vector, Vocabulary, Weights

_ALIKE = 0.2
"""Reports that share less than this of their n-grams do not look alike to a reader."""


class Quotable(NamedTuple):
    """A reviewed report that may be shown, and the numbers of its n-grams."""

    text: str
    grams: frozenset[int]


class Model(NamedTuple):
    """Both models. `fingerprint`: the same for the same texts. `weights`: a row for each n-gram, a column for each category; `alarms`: a number for each n-gram."""

    fingerprint: str
    vocabulary: Vocabulary
    names: tuple[str, ...]
    categories: tuple[str, ...]
    column: dict[str, int]
    weights: Weights
    offsets: Weights
    alarms: Weights
    alarm_offset: float
    quotable: dict[str, tuple[Quotable, ...]]


def margins(vector: Vector, model: Model) -> Weights:
    """How far each category is on the right side of its border; -1 is what a text of another one has."""
    return np.asarray(vector.weights @ model.weights[vector.grams] + model.offsets, np.float32)


def alarm(vector: Vector, model: Model) -> float:
    """How far the report is on the side of emergencies."""
    return float(vector.weights @ model.alarms[vector.grams]) + model.alarm_offset


def likest(vector: Vector, category: str, model: Model) -> str | None:
    """The reviewed report of that category which shares most with this one, if it shares enough to look alike."""
    grams = frozenset(vector.grams.tolist())
    known = model.quotable.get(category, ())
    best = max(known, key=lambda one: _shared(grams, one.grams), default=None)
    return best.text if best and _shared(grams, best.grams) >= _ALIKE else None


def heaviest(vector: Vector, column: int, model: Model, limit: int = 2) -> list[str]:
    """The n-grams that spoke most for a category; only such as stand in reviewed data: another could be a name."""
    pull = vector.weights * model.weights[vector.grams, column]
    ordered = vector.grams[np.argsort(-pull, kind="stable")]
    return [model.names[gram].strip() for gram in ordered if gram < model.vocabulary.quotable][:limit]


def _shared(one: frozenset[int], other: frozenset[int]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0
