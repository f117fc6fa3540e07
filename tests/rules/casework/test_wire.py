"""What may leave: every field of every event is named for it or never appears."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from pydantic_core import from_json

from libs.casework.entry import Entry, read_entry
from libs.casework.events import EVENTS
from libs.casework.events.model import Event
from libs.casework.samples import lives, sample
from libs.casework.wire import instant, outward, outward_bytes, subject_and_sequence
from tests.support.strategies import entries, times

ENVELOPE = {"stage", "office", "at", "happened_at", "public"}
PLACE_AND_CATEGORY = {"category", "grid", "community", "lead", "helpers"}
PERSONAL = {
    "compound", "contents", "words", "evidence", "items", "item", "approver", "because", "suggestions", "purpose",
    "kinds", "record", "copies", "publisher", "number", "declared_category", "basis", "not_unit",
}  # fmt: skip


def kinds() -> list[type[Event]]:
    return [EVENTS[name] for name in EVENTS.names()]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.TYPE)
def test_what_may_leave_is_a_field_and_never_a_personal_one(kind: type[Event]) -> None:
    leaving = kind.ALWAYS | kind.IF_PUBLIC
    assert leaving <= set(kind.model_fields), "names a field that is not there"
    assert not kind.ALWAYS & kind.IF_PUBLIC
    assert not leaving & PERSONAL
    assert not leaving & ENVELOPE, "would overwrite the envelope"
    assert not kind.ALWAYS & PLACE_AND_CATEGORY, "place, category and unit leave only from public cases"


@given(entry=entries)
def test_exactly_the_named_fields_leave(entry: Entry) -> None:
    data = outward(entry)["data"]
    kind = type(entry.data)
    allowed = kind.ALWAYS | (kind.IF_PUBLIC if entry.public else frozenset())
    assert set(data) == ENVELOPE - {"happened_at"} | allowed
    assert all(data[name] == getattr(entry.data, name) for name in allowed)


@given(entry=entries)
def test_a_private_case_never_shows_place_category_or_unit(entry: Entry) -> None:
    private = entry.model_copy(update={"public": False})
    assert not set(outward(private)["data"]) & PLACE_AND_CATEGORY


@given(entry=entries)
def test_who_did_it_and_what_was_sealed_never_leave(entry: Entry) -> None:
    secret = entry.model_copy(update={"actor": entry.actor.model_copy(update={"id": "SECRET-ACTOR"})})
    written = outward_bytes(secret).decode()
    assert "SECRET-ACTOR" not in written
    assert "digest" not in _keys(from_json(written))
    assert not _keys(from_json(written)) & (PERSONAL - {"reason"})


@given(entry=entries)
def test_what_leaves_is_a_cloud_event_that_names_case_and_sequence(entry: Entry) -> None:
    value = outward_bytes(entry)
    cloud = json.loads(value)
    assert (cloud["specversion"], cloud["type"]) == ("1.0", f"banjie.case.{entry.type}")
    assert UUID(cloud["id"]) == entry.id
    assert subject_and_sequence(value) == (str(entry.case_id), entry.seq)


def test_the_trace_leaves_and_the_idempotency_key_does_not() -> None:
    entry = sample("filed.v1").entry.model_copy(update={"key": "portal:123"})
    assert outward(entry)["traceparent"] == entry.trace
    assert "traceparent" not in outward(entry.model_copy(update={"trace": None}))
    assert "portal:123" not in outward_bytes(entry).decode()


def test_when_it_happened_leaves_where_it_was_told_later() -> None:
    entry = sample("started.v1").entry.model_copy(update={"happened_at": 5})
    assert outward(entry)["data"]["happened_at"] == 5


@given(at=times)
def test_an_instant_keeps_its_microseconds(at: int) -> None:
    if at < 253_402_300_800_000_000:
        assert instant(at).endswith("Z")
        assert instant(at)[-7:-1] == f"{at % 1_000_000:06d}"


def test_nothing_of_a_private_life_shows_where_it_was_or_who_did_it() -> None:
    for log in lives():
        for one in log:
            private = read_entry(one.body).model_copy(update={"public": False})
            written = outward_bytes(private).decode()
            assert not any(word in written for word in ("hoarding", "140213053", "pmc", "围挡"))


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in _keys(part)}
    if isinstance(value, list):
        return {key for part in value for key in _keys(part)}
    return set()
