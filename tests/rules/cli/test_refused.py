"""Rejections as the operator chooses among them."""

import base64
import json
from typing import Any

import pytest

from cli.refused import Refused
from cli.rejected import chosen_of


def a_rejection(original: bytes = b'{"id": "m1"}', **more: Any) -> Refused:
    document = {"topic": "banjie.reports.hotline", "key": None, "code": "invalid", "id": "intake:x:0:0"}
    document |= {"original": base64.b64encode(original).decode()} | more
    return Refused(f"{document['topic']}.rejected/0/0", document)


def test_the_id_of_a_message_is_read_from_its_bytes() -> None:
    assert a_rejection().message_id == "m1"


@pytest.mark.parametrize("original", [b"", b"\xff\xfe", b"[]", b"7", b"{}", b'{"id": 7}', b'{"id": ""}'])
def test_a_message_without_a_readable_id_has_none(original: bytes) -> None:
    assert a_rejection(original).message_id is None


def test_a_message_that_was_refused_twice_is_sent_again_once() -> None:
    first, second = a_rejection(id="intake:x:0:1"), a_rejection(id="intake:x:0:2")
    assert first.target == second.target
    assert a_rejection(b"other").target != first.target


def test_a_replay_keeps_key_and_bytes() -> None:
    assert a_rejection(key="k").target == ("banjie.reports.hotline", b"k", b'{"id": "m1"}')


@pytest.mark.parametrize("topic", ["banjie.reports.hotline", "banjie.reports.hotline.rejected", None])
def test_a_topic_is_named_by_its_door_or_by_its_rejections(topic: str | None) -> None:
    assert len(chosen_of([a_rejection()], topic, None)) == 1


def test_rejections_are_chosen_by_topic_and_by_reason() -> None:
    found = [a_rejection(), a_rejection(code="parked"), a_rejection(topic="banjie.work.unit")]
    assert len(chosen_of(found, None, None)) == 3
    assert len(chosen_of(found, "banjie.work.unit", None)) == 1
    assert len(chosen_of(found, "banjie.reports.hotline", "parked")) == 1


def test_a_voice_shares_the_rejections_of_its_listener() -> None:
    heard = a_rejection(topic="banjie.intake")
    refused = Refused("banjie.triage.rejected/0/4", json.loads(json.dumps(heard.document)))
    assert chosen_of([refused], "banjie.triage.rejected", None) == [refused]
    assert chosen_of([refused], "banjie.intake", None) == [refused]
