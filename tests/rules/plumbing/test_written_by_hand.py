"""YAML that somebody wrote: what is wrong with it is told with file and line."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from libs.plumbing.data import DataUnreadable, parsed


class Shelf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    books: list[dict[str, int]]
    room: str = ""


def parse(data: Mapping[str, Any]) -> Shelf:
    return Shelf.model_validate(data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "books:\n  - {a: 1}\n  - {a: much}\n",
            "shelf.yaml, line 3: books.1.a: Input should be a valid integer",
        ),
        ("room: x\nbooks: []\nmoon: full\n", "shelf.yaml, line 3: moon: Extra inputs"),
        ("room: x\n", "shelf.yaml, line 1: books: Field required"),
        ("books: [\nroom: x\n", "shelf.yaml, line 3: did not find"),
        ("room: x\nbooks: []\nroom: y\n", "shelf.yaml, line 3: room stands twice"),
        ("books:\n  - {a: 1, b: 2, a: 3}\n", "shelf.yaml, line 2: a stands twice"),
        ("- 1\n", "shelf.yaml, line 1: this is no mapping"),
        ("", "shelf.yaml, line 1: this is no mapping"),
        ("a: \x07", "shelf.yaml"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(text: str, said: str) -> None:
    with pytest.raises(DataUnreadable) as wrong:
        parsed(text, "shelf.yaml", parse)
    assert str(wrong.value).startswith(said)
    assert "\n" not in str(wrong.value)


def test_what_is_right_is_parsed() -> None:
    assert parsed("books: [{a: 1}]", "shelf.yaml", parse).books == [{"a": 1}]
