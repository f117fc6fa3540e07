"""The log's bytes: what was written is read back the same, and what is damaged or from the future is refused."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.casework.entry import Entry, chain_hash, entry_bytes, read_entry
from libs.casework.events import EVENTS, Event, UnknownEvent
from tests.support.cases import told
from tests.support.strategies import entries, events_named


@given(entry=entries)
def test_an_entry_reads_back_as_it_was_written(entry: Entry) -> None:
    body = entry_bytes(entry)
    again = read_entry(body)
    assert again == entry
    assert type(again.data) is type(entry.data)
    assert entry_bytes(again) == body


@pytest.mark.parametrize("name", EVENTS.names())
def test_every_event_reads_back_when_its_optional_fields_are_absent(name: str) -> None:
    @given(event=events_named(name))
    def reads_back(event: Event) -> None:
        bare = {
            field: getattr(event, field)
            for field, info in type(event).model_fields.items()
            if info.is_required()
        }
        sparse = type(event)(**bare)
        written = sparse.model_dump(mode="json", exclude_none=True)
        assert EVENTS.read(name, written) == sparse

    reads_back()


def test_an_event_type_from_the_future_is_named_and_not_read() -> None:
    body = json.loads(told("reported").log[0].body)
    body["type"] = "reported.v2"
    with pytest.raises(UnknownEvent, match=r"reported\.v2"):
        read_entry(json.dumps(body).encode())


@pytest.mark.parametrize("damage", [{"type": None}, {"seq": "three"}, {"surprise": 1}, {"data": {}}])
def test_a_damaged_entry_is_a_validation_error(damage: dict[str, object]) -> None:
    body = json.loads(told("reported").log[0].body) | damage
    with pytest.raises(ValidationError):
        read_entry(json.dumps(body).encode())


def test_an_entry_without_a_type_is_a_validation_error() -> None:
    body = json.loads(told("reported").log[0].body)
    del body["type"]
    with pytest.raises(ValidationError, match="type"):
        read_entry(json.dumps(body).encode())


@given(prev=st.binary(min_size=32, max_size=32), one=st.binary(), other=st.binary())
def test_the_chain_hash_tells_different_bytes_apart(prev: bytes, one: bytes, other: bytes) -> None:
    assert (chain_hash(prev, one) == chain_hash(prev, other)) == (one == other)
    assert len(chain_hash(prev, one)) == 32


@given(one=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32), body=st.binary())
def test_the_chain_hash_is_sha256_over_the_hash_before_and_the_bytes(
    one: bytes, other: bytes, body: bytes
) -> None:
    assert chain_hash(one, body) == sha256(one + body).digest()
    assert (chain_hash(one, body) == chain_hash(other, body)) == (one == other)


def test_an_event_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="mood"):
        EVENTS.read("accepted.v1", {"mood": "good"})


def test_the_registry_knows_its_own_and_nothing_else() -> None:
    assert "filed.v1" in EVENTS
    assert "filed.v7" not in EVENTS
    with pytest.raises(UnknownEvent):
        EVENTS["filed.v7"]
