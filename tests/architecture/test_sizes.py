"""Sizes as the house style asks. Only gross breaches fail; the table shows the rest."""

import sys

import pytest

from tools.sizes import TREES, Measured, Tree, largest, measure, percentile, table

LONGEST_FUNCTION, LONGEST_FILE = 60, 400


@pytest.fixture(scope="module")
def trees() -> list[Tree]:
    return [measure(name) for name in TREES]


def test_no_function_is_grossly_long(trees: list[Tree]) -> None:
    too_long = [one for tree in trees for one in tree.functions if one.lines > LONGEST_FUNCTION]
    assert too_long == []


def test_no_file_is_grossly_long(trees: list[Tree]) -> None:
    assert [one for tree in trees for one in tree.files if one.lines > LONGEST_FILE] == []


def test_the_table_names_every_tree(trees: list[Tree], capsys: pytest.CaptureFixture[str]) -> None:
    printed = table(trees)
    with capsys.disabled():
        sys.stdout.write(f"\n{printed}\n")
    assert all(tree.name in printed for tree in trees)
    assert "tests to code" in printed


def test_the_public_names_of_libs_are_documented() -> None:
    libs = measure("libs")
    assert libs.documented / libs.public >= 0.95


def test_measures_of_nothing_are_nothing() -> None:
    assert percentile([], 0.9) == 0
    assert largest([]) == Measured("", 0)
    assert [percentile(range(1, 11), share) for share in (0.5, 0.9, 1)] == [5, 9, 10]
