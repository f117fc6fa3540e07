"""Real-sounding reports through the whole sheet: what is private stays private, what is decided is mostly right."""

from typing import Any

import pytest

from libs.casework.categories import UNKNOWN
from libs.casework.events.model import Event
from libs.casework.events.triage import Classified, QueuedForClerk
from libs.casework.places import Whereabouts
from libs.casework.vocabulary import Source
from libs.plumbing.data import read_yaml
from services.triage.locate import Basis, Located
from services.triage.matter import Policy, Seen, read_words
from services.triage.rules import decide
from tests.support.cases import a_reported_case
from tests.support.reference import catalogue, hearing, offices

POLICY = Policy(catalogue(), offices(), "test")
HERE = Located(Whereabouts("140213053", "140213053901", "140213053901001"), Basis.POINT)
SAID = [row for language in ("zh", "en") for row in read_yaml("utterances.yaml")[language]]


def decided(text: str) -> tuple[Event, ...]:
    case = a_reported_case(source=Source.RESIDENT, declared_category=None, seen_on_spot=False)
    return decide(Seen(case, read_words(text, hearing()), HERE), POLICY)


@pytest.mark.parametrize("said", [row for row in SAID if "private" in row["tags"]], ids=lambda row: row["id"])
def test_a_private_report_is_never_public(said: dict[str, Any]) -> None:
    first = decided(said["text"])[0]
    assert isinstance(first, QueuedForClerk) or (isinstance(first, Classified) and not first.public)


def test_nine_in_ten_of_the_reports_decided_by_rule_are_placed_rightly() -> None:
    first = [(row, decided(row["text"])[0]) for row in SAID]
    placed = [(row, event) for row, event in first if isinstance(event, Classified)]
    right = sum(event.category in row["labels"] for row, event in placed)
    assert right >= 0.9 * len(placed)
    assert len(placed) >= 0.8 * len(SAID)


@pytest.mark.parametrize(
    "said", [row for row in SAID if row["labels"] == [UNKNOWN]], ids=lambda row: row["id"]
)
def test_what_nobody_can_place_is_not_filed_by_rule(said: dict[str, Any]) -> None:
    assert "filed" not in [type(event).TYPE for event in decided(said["text"])]
