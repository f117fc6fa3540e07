"""The order of parts by what they need."""

import pytest

from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.parts import Part, levels


def _part(name: str, *needs: str) -> Part:
    return Part(name, lambda: [name], needs=needs)


def test_a_part_stands_above_everything_it_needs() -> None:
    parts = [_part("gateway", "worker", "mongod"), _part("worker", "kafka"), _part("kafka"), _part("mongod")]
    assert levels(parts) == {"gateway": 2, "worker": 1, "kafka": 0, "mongod": 0}


def test_a_need_that_no_part_meets_is_refused_by_name() -> None:
    with pytest.raises(EmbeddedError, match="part worker needs kafka: no such part"):
        levels([_part("worker", "kafka")])


def test_parts_that_need_each_other_are_refused() -> None:
    with pytest.raises(EmbeddedError, match="a circle"):
        levels([_part("a", "b"), _part("b", "a")])
