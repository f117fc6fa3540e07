"""Cases and entries as the database holds them, and back."""

from itertools import pairwise
from typing import Any

import bson
import pytest

from libs.casestore.concerns import AS_STORED, CODEC
from libs.casestore.documents import (
    case_document,
    case_from,
    case_update,
    event_document,
    readable,
    sealed_from,
)
from libs.casework.case import Case
from libs.casework.fold import fold
from libs.casework.vocabulary import Stage
from tests.support.cases import THE_WAY_TO, Told, a_case_at, a_content, a_told_case_at, told

PARKED_AND_BACK = "reported parked unparked classified filed dispatched accepted started suspended resumed"
REOPENED = THE_WAY_TO[Stage.CLOSED] + " rated reopened dispatched"


def stored(document: dict[str, Any]) -> dict[str, Any]:
    return bson.decode(bson.encode(document, codec_options=CODEC), codec_options=AS_STORED)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_case_comes_back_from_its_snapshot_as_it_was(stage: Stage) -> None:
    case = a_case_at(stage)
    assert case_from(stored(case_document(case, ()))) == case


@pytest.mark.parametrize("way", [*THE_WAY_TO.values(), PARKED_AND_BACK, REOPENED])
def test_every_step_turns_the_snapshot_before_into_the_snapshot_after(way: str) -> None:
    log = told(way).log
    cases = [fold((one.entry, one.hash) for one in log[:seq]) for seq in range(1, len(log) + 1)]
    for before, after in pairwise(cases):
        assert isinstance(before, Case)
        assert isinstance(after, Case)
        assert updated(case_document(before, ()), case_update(before, after, ())) == case_document(after, ())


def test_a_case_with_many_notes_has_a_snapshot_of_the_same_size() -> None:
    story = a_told_case_at(Stage.WORKING).then("noted")
    sizes, written = {size_of(story)}, set[str]()
    for _ in range(60):
        before = story.so_far
        story = story.then("noted", words=a_content("note")).then(
            "details_added", contents=(a_content("photo"),)
        )
        sizes.add(size_of(story))
        written |= case_update(before, story.so_far, ())["$set"].keys()
    assert len(sizes) == 1
    assert written == {"seq", "head", "updated_at"}


def size_of(story: Told) -> int:
    return len(bson.encode(case_document(story.so_far, ()), codec_options=CODEC))


def updated(document: dict[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """As the server applies it."""
    kept = {name: value for name, value in document.items() if name not in update.get("$unset", {})}
    return kept | update["$set"]


def test_an_entry_comes_back_with_the_bytes_that_were_hashed() -> None:
    for sealed in a_told_case_at(Stage.CLOSED).log:
        document = bson.decode(bson.encode(event_document(sealed), codec_options=CODEC), codec_options=CODEC)
        assert sealed_from(document) == sealed


def test_a_snapshot_with_something_unknown_in_it_is_not_readable() -> None:
    assert readable(case_document(a_case_at(Stage.FILED), ()) | {"invented_later": 1}) is None


def test_a_snapshot_whose_log_holds_an_unknown_event_is_not_readable() -> None:
    case = a_case_at(Stage.FILED)
    assert readable(case_document(case, {"filed.v1"})) == case
    assert readable(case_document(case, {"filed.v1", "blessed.v1"})) is None
