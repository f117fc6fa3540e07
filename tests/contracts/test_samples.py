"""The sample files are true: every event has one, it reads back, and its wire form is what would leave."""

import json
from typing import Any

import pytest
from pydantic_core import to_jsonable_python

from libs.casework.entry import GENESIS, chain_hash, entry_bytes, read_entry
from libs.casework.events import EVENTS
from libs.casework.fold import fold
from libs.casework.samples import FOLDER, example, lives, samples
from libs.casework.wire import outward


def on_file(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return document


def test_every_event_has_a_sample_and_there_is_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EVENTS.names())


@pytest.mark.parametrize("name", EVENTS.names())
def test_a_sample_reads_back_and_its_wire_form_is_what_would_leave(name: str) -> None:
    document = on_file(name)
    entry = read_entry(json.dumps(document["entry"]).encode())
    assert document["event"] == entry.type == name
    assert entry == samples()[name].entry
    assert document["wire"] == to_jsonable_python(outward(entry))


@pytest.mark.parametrize("name", EVENTS.names())
def test_a_sample_is_stored_in_the_same_bytes_again(name: str) -> None:
    sealed = samples()[name]
    assert entry_bytes(read_entry(sealed.body)) == sealed.body


def test_an_example_is_found_with_and_without_its_version() -> None:
    assert example("filed") is example("filed.v1")


def test_the_sample_lives_are_whole_chains() -> None:
    for log in lives():
        head = GENESIS
        for sealed in log:
            assert sealed.hash == chain_hash(head, sealed.body)
            head = sealed.hash
        case = fold((sealed.entry, sealed.hash) for sealed in log)
        assert case is not None
        assert case.head == head.hex()


def test_samples_never_change_from_run_to_run() -> None:
    assert [one.body for log in lives() for one in log] == [one.body for log in lives() for one in log]


def test_a_queueing_without_urgency_and_place_can_still_be_read() -> None:
    early = {"because": ["category_unknown"], "data_version": "2026-11-24"}
    event = EVENTS.read("queued_for_clerk.v1", early)
    assert event.model_dump(exclude_none=True, exclude_defaults=True, mode="json") == early
