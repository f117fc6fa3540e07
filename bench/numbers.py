"""Nearest rank: the smallest value that at least p per cent of all do not exceed. Recomputable by hand."""

from collections.abc import Sequence
from math import ceil


def percentile(values: Sequence[float], p: float) -> float:
    """The p-th percentile of `values` by nearest rank; 0 when there are none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(p / 100 * len(ordered)) - 1)] if ordered else 0.0
