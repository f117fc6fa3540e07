"""Receipt codes: read out on the phone, typed with thick fingers, never guessed."""

from itertools import combinations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.refusal import Refusal, Why
from libs.stages.receipts import ALPHABET, Receipts, read_code, receipt_claim, shown

RECEIPTS = Receipts(bytes(32))
CASE = UUID("0192f000-0000-7000-8000-000000000001")
TWELVE = st.text(ALPHABET, min_size=12, max_size=12)


def test_a_case_has_always_the_same_code() -> None:
    assert RECEIPTS.code_of(CASE) == RECEIPTS.code_of(CASE)


def test_the_code_depends_on_the_key_and_on_the_case() -> None:
    codes = {RECEIPTS.code_of(uuid4()) for _ in range(1000)} | {Receipts(bytes(31) + b"x").code_of(CASE)}
    assert len(codes) == 1001


@pytest.mark.parametrize("spoken", ["lower", "spaces", "no dashes", "full width", "o for zero"])
def test_a_code_is_read_however_it_is_written(spoken: str) -> None:
    code = shown("0123456789AB")
    written = {
        "lower": code.lower(),
        "spaces": f"  {code.replace('-', ' ')} ",
        "no dashes": code.replace("-", ""),
        "full width": "".join(chr(ord(c) + 0xFEE0) if c != "-" else c for c in code),
        "o for zero": code.replace("0", "o").replace("1", "l"),
    }
    assert read_code(written[spoken]) == code


@given(TWELVE)
def test_every_code_reads_back(twelve: str) -> None:
    assert read_code(shown(twelve)) == shown(twelve)


@given(TWELVE, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(twelve: str, place: int, other: str) -> None:
    plain = shown(twelve).replace("-", "")
    typed = plain[:place] + other + plain[place + 1 :]
    assert typed == plain or isinstance(read_code(typed), Refusal)


@given(TWELVE)
def test_any_two_swapped_characters_are_found(twelve: str) -> None:
    plain = shown(twelve).replace("-", "")
    for one, two in combinations(range(12), 2):
        typed = list(plain)
        typed[one], typed[two] = typed[two], typed[one]
        assert "".join(typed) == plain or isinstance(read_code("".join(typed)), Refusal)


def test_a_mistyped_code_is_told_as_a_typing_error() -> None:
    refused = read_code("0123-4567-89AB-0" if shown("0123456789AB")[-1] != "0" else "0123-4567-89AB-1")
    assert isinstance(refused, Refusal)
    assert refused.code is Why.INVALID
    assert "mistyped" in refused.detail


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_answered(typed: str) -> None:
    assert isinstance(read_code(typed), str | Refusal)


def test_the_claim_does_not_show_the_code() -> None:
    claim = receipt_claim(RECEIPTS.code_of(CASE))
    assert claim.startswith("receipt:")
    assert RECEIPTS.code_of(CASE).replace("-", "") not in claim
