"""The page on deadlines says what is: its examples are computed."""

import re
from pathlib import Path

import pytest

from libs.casework.deadlines.vocabulary import Clock
from tests.support.calendars import at, due, shown

PAGE = (Path(__file__).parents[2] / "docs/deadlines.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"\| (\w{3}) (\d{4}-\d\d-\d\d \d\d:\d\d) \| ([^|]+) \| (\w{3} \d{4}-\d\d-\d\d \d\d:\d\d) \|"
)
EXAMPLES = EXAMPLE.findall(PAGE)


def test_every_row_of_the_examples_is_read() -> None:
    rows = PAGE.split("## By hand")[1].split("##")[0].count("\n| ")
    assert len(EXAMPLES) == rows - 2


@pytest.mark.parametrize(("day", "begin", "limit", "end"), EXAMPLES)
def test_an_example_is_as_it_is_computed(day: str, begin: str, limit: str, end: str) -> None:
    assert due(begin, limit.strip()) == end
    assert shown(at(begin)) == f"{day} {begin}"


@pytest.mark.parametrize("clock", Clock)
def test_every_clock_has_its_row(clock: Clock) -> None:
    assert f"\n| {clock} | " in PAGE
