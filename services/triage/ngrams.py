"""Reports as the model sees them: single characters or words, and neighbouring pairs of them. Pure.

Pairs were chosen by cross-validation over longer runs, gaps and the marks of begin and end: none of these did better.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_MUCH_ALIKE = 0.6
"""Reports that share so much of their n-grams say the same: sent twice, or copied with a word changed."""
Numbers = NDArray[np.int32]
Weights = NDArray[np.float32]


class Vocabulary(NamedTuple):
    """The n-grams that are known, and how rare each is. The first `quotable` occur in data that anybody may read."""

    numbers: dict[str, int]
    rarity: Weights
    quotable: int


class Vector(NamedTuple):
    """The known n-grams of one report, in order, with weights whose squares sum to 1."""

    grams: Numbers
    weights: Weights


def ngrams(run: Iterable[str]) -> tuple[str, ...]:
    """The n-grams of a list of tokens, each once; signs say nothing."""
    said = [token for token in run if token[0] == " " or token.isalnum()]
    return tuple(dict.fromkeys([*said, *(a + b for a, b in pairwise(said))]))


def vocabulary_of(quotable: Sequence[Sequence[str]], personal: Sequence[Sequence[str]]) -> Vocabulary:
    """The n-grams of reviewed data, and those that at least two reports of people share: what stands in one alone could be a name.

    Reports are counted, since nobody knows here who wrote them; such as are much alike count as one, so that who sends the
    same again is no second witness. Who signs two different reports teaches the signature, where `freed` did not find it.
    """
    ours = Counter(gram for each in quotable for gram in each)
    theirs = Counter(gram for each in personal for gram in each)
    shared = sorted(gram for gram, count in _in_different(personal, ours).items() if count > 1)
    known, texts = [*sorted(ours), *shared], len(quotable) + len(personal)
    rarity = [log((1 + texts) / (1 + ours[gram] + theirs[gram])) + 1 for gram in known]
    return Vocabulary(
        {gram: number for number, gram in enumerate(known)}, np.array(rarity, np.float32), len(ours)
    )


def _in_different(reports: Iterable[Sequence[str]], known: Container[str]) -> dict[str, int]:
    """In how many reports, those that are much alike counted once, each n-gram stands that is not known."""
    different = list[frozenset[str]]()
    holding = defaultdict[str, set[int]](set)
    for report in reports:
        whole, strange = frozenset(report), [gram for gram in report if gram not in known]
        likely = sorted({number for gram in strange for number in holding.get(gram, ())})
        number = next((each for each in likely if _much_alike(whole, different[each])), len(different))
        if number == len(different):
            different.append(whole)
        for gram in strange:
            holding[gram].add(number)
    return {gram: len(numbers) for gram, numbers in holding.items()}


def _much_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    both = len(one & other)
    return both >= _MUCH_ALIKE * (len(one) + len(other) - both)


def vector_of(grams: Iterable[str], vocabulary: Vocabulary) -> Vector:
    """The report as numbers; empty when nothing of it is known."""
    numbers = vocabulary.numbers
    known = np.array(sorted(numbers[gram] for gram in grams if gram in numbers), np.int32)
    weights = vocabulary.rarity[known]
    return Vector(known, weights / max(float(np.sqrt(weights @ weights)), 1.0))
