"""Messages that cannot be read: every field that is wrong is named, and the sender can match the outcome."""

import json
from typing import Any

import pytest

from libs.casework.refusal import Refusal, Why
from libs.stages.messages import id_in, read_message

NOW = 1_793_930_400_000_000


def refused(**cloud: Any) -> Refusal:
    answer = read_message(json.dumps(cloud).encode(), "hotline", NOW)
    assert isinstance(answer, Refusal)
    return answer


def test_every_missing_field_is_named_the_first_with_its_reason() -> None:
    refusal = refused(id="m-1", type="banjie.report.submitted.v1")
    assert (refusal.code, refusal.field) == (Why.INVALID, "specversion")
    assert refusal.detail == "specversion: Field required; wrong too: source, data"


def test_what_is_allowed_is_said_where_it_is_known() -> None:
    refusal = refused(specversion="0.3", id="m-1", type="t", source="/s", data={})
    assert refusal.allowed == ("expected '1.0'",)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b'{"id": "m-1", "specversion": 7}', "m-1"),
        (b'{"id": 7}', None),
        (b'{"id": "two words"}', None),
        (b'{"id": "' + b"x" * 129 + b'"}', None),
        (b'["m-1"]', None),
        (b"[" * 100_000, None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_the_id_of_an_unreadable_message_is_found_if_it_is_one(value: bytes, found: str | None) -> None:
    assert id_in(value) == found
