"""The blind index: n-grams, tokens, what counts as said. Pure."""

from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as some

from libs.casestore.searching import MOST_TOKENS, SearchKey, grams, id_at, says, terms
from libs.casework.vocabulary import Stage
from tests.support.cases import a_case_at

KEY, OTHER = SearchKey(bytes(32), "yingbin"), SearchKey(bytes(32), "shuibosi")
CHINESE = some.text(some.characters(min_codepoint=0x4E00, max_codepoint=0x4F00), min_size=2, max_size=12)
LETTERS = some.text(some.sampled_from("abcdefgh"), min_size=3, max_size=10)


def test_chinese_is_cut_in_pairs_and_the_rest_in_threes() -> None:
    assert grams("井盖坏了 ABCD 7") == {"井盖", "盖坏", "坏了", "abc", "bcd", "7"}
    assert grams("……!") == set()


@given(CHINESE | LETTERS, CHINESE | LETTERS, CHINESE | LETTERS)
def test_a_part_of_a_text_has_no_other_tokens_than_the_text(before: str, part: str, after: str) -> None:
    text = before + part + after
    assume(part in text)
    assert set(KEY.of_words([part])) <= set(KEY.of_words([text]))
    assert says([text], terms(part))


@given(CHINESE)
def test_offices_share_no_token(words: str) -> None:
    assert set(KEY.of_words([words])).isdisjoint(OTHER.of_words([words]))


def test_a_token_is_31_bits_and_words_are_no_codes() -> None:
    tokens = [*KEY.of_words(["hoarding"]), *KEY.of_codes({"category": "hoarding", "lead": None})]
    assert all(0 <= token < 2**31 for token in tokens)
    assert len(set(tokens)) == len(tokens) == 7


def test_each_term_has_to_be_said_as_it_is_written() -> None:
    said = ["围挡破了", "Fire at 7号楼"]
    assert says(said, terms("破了 FIRE 7号楼"))
    assert not says(said, terms("破围"))


def test_a_long_case_keeps_so_many_tokens_and_no_more() -> None:
    endless = "".join(chr(0x4E00 + number) for number in range(2000))
    row = KEY.row(a_case_at(Stage.REPORTED), [endless])
    assert len(row.tokens) <= MOST_TOKENS + 5


def test_ids_are_in_the_order_of_their_time() -> None:
    at = 1_793_930_400_000_000
    assert id_at(at - 1000) < id_at(at) < UUID(int=id_at(at).int | (2**80 - 1)) < id_at(at + 1000)
    assert id_at(0) == UUID(int=0)
