"""Topic names taken apart and put together again."""

import pytest

from libs.casework.topics import CASES, DOOR_OWNER, Door, door, outcomes, parse_door, rejected, voice
from libs.casework.vocabulary import Service


@pytest.mark.parametrize("kind", Door)
def test_a_door_topic_names_its_kind_and_its_publisher(kind: Door) -> None:
    topic = door(kind, "hotline12345")
    assert parse_door(topic) == (kind, "hotline12345")
    assert rejected(topic, DOOR_OWNER[kind]) == f"{topic}.rejected"


@pytest.mark.parametrize(
    "topic",
    [CASES, voice(Service.TRIAGE), outcomes("portal"), "banjie.reports.a.rejected", "other.reports.a"],
)
def test_no_other_topic_is_taken_for_a_door(topic: str) -> None:
    assert parse_door(topic) is None


def test_what_a_service_refuses_of_a_voice_lands_beside_the_service() -> None:
    assert rejected(voice(Service.INTAKE), Service.TRIAGE) == "banjie.triage.rejected"
