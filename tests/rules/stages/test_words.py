"""Words as they are kept: nothing hidden in them, nothing lost that a reader sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from libs.stages.words import Words, cleaned

WORDS = TypeAdapter[str](Words)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  围挡破了  ", "围挡破了"),
        ("a\x00b", "ab"),
        ("一行\r\n二行\r三行", "一行\n二行\n三行"),
        ("\u202eabc\u202c", "abc"),
        ("👨‍👩‍👧 家里", "👨‍👩‍👧 家里"),
        ("שלום", "שלום"),
        ("e\u0301", "é"),
    ],
)
def test_words_are_kept_without_what_hides_in_them(written: str, kept: str) -> None:
    assert cleaned(written) == kept


@given(st.text(st.characters(exclude_categories=())))
def test_clean_words_are_clean_and_can_be_written(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert "\x00" not in once
    once.encode()


@pytest.mark.parametrize("hostile", ["", "   ", "\x00\x00", "\u202e", "长" * 2001, "x" * 10_000_000])
def test_words_that_say_nothing_or_too_much_are_refused(hostile: str) -> None:
    with pytest.raises(ValidationError):
        WORDS.validate_python(hostile)


@pytest.mark.parametrize(
    ("said", "told"), [(" \u202e ", "nothing to read"), ("长" * 2001, "2001 characters")]
)
def test_a_refusal_of_words_says_how_many_there_were_and_how_many_may_be(said: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WORDS.validate_python(said)
    (error,) = refused.value.errors()
    assert error["msg"] == f"{told}; allowed are 1 to 2000 characters"
    assert (error["ctx"]["min_length"], error["ctx"]["max_length"]) == (1, 2000)


def test_the_schema_of_words_says_how_many_may_be() -> None:
    assert WORDS.json_schema() == {"type": "string", "minLength": 1, "maxLength": 2000}
