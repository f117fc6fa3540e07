"""What is published again after the broker or the place was lost."""

from dataclasses import replace

import pytest

from services.relay.heal import MARGIN_US, broker_seen, emptied, merged, place_lost
from services.relay.place import Place, Refill, TopicPlace, moved

NOW = 1_795_486_372_000_000
DAY = 24 * 3600 * 1_000_000
MONTH = 30 * DAY
CASES = TopicPlace("id-1", (10, 20))
INTAKE = TopicPlace("id-2", (5, 0))
KNOWN = {"cases": CASES, "intake": INTAKE}
PLACE = Place(3, {"_data": "82"}, NOW - DAY, None, KNOWN)


def test_a_broker_that_holds_what_it_acknowledged_needs_nothing() -> None:
    assert broker_seen(PLACE, KNOWN, NOW, MONTH) == PLACE


def test_records_that_were_never_saved_as_acknowledged_are_no_loss() -> None:
    ahead = {"cases": TopicPlace("id-1", (11, 25)), "intake": INTAKE}
    assert broker_seen(PLACE, ahead, NOW, MONTH) == replace(PLACE, topics=ahead)


@pytest.mark.parametrize(
    "found",
    [
        TopicPlace("id-9", (10, 20)),
        TopicPlace("id-1", (10, 19)),
        TopicPlace("id-1", (10,)),
        TopicPlace("id-1", (0, 0)),
    ],
)
def test_a_topic_made_anew_or_shortened_is_filled_again_as_far_back_as_it_keeps_records(
    found: TopicPlace,
) -> None:
    seen = broker_seen(PLACE, {**KNOWN, "cases": found}, NOW, MONTH)
    assert seen.refill == Refill(NOW - MONTH, frozenset({"cases"}))
    assert seen.topics["cases"] == found
    assert seen.token == PLACE.token


def test_at_the_first_start_every_topic_is_filled() -> None:
    assert emptied({}, KNOWN) == {"cases", "intake"}


def test_more_partitions_are_no_loss() -> None:
    assert not emptied({"cases": CASES}, {"cases": TopicPlace("id-1", (10, 20, 0))})


def test_a_lost_place_brings_back_what_came_since_a_minute_before_the_newest_published() -> None:
    lost = place_lost(PLACE, {"_data": "new"}, NOW, MONTH)
    assert lost.token == {"_data": "new"}
    assert lost.refill == Refill(NOW - DAY - MARGIN_US, frozenset(KNOWN))


def test_a_lost_place_that_never_published_brings_back_all_that_topics_would_hold() -> None:
    lost = place_lost(replace(PLACE, through=0), {"_data": "new"}, NOW, MONTH)
    assert lost.refill == Refill(NOW - MONTH, frozenset(KNOWN))


def test_a_filling_that_was_interrupted_goes_on_with_whatever_was_lost_meanwhile() -> None:
    began = replace(PLACE, refill=Refill(NOW - 9 * DAY, frozenset({"intake"})))
    assert place_lost(began, {}, NOW, MONTH).refill == Refill(NOW - 9 * DAY, frozenset(KNOWN))


def test_nothing_and_nothing_is_nothing() -> None:
    assert merged(None, None) is None


def test_the_newest_published_time_never_goes_back() -> None:
    later = moved(PLACE, {"_data": "83"}, PLACE.through - 5, {"cases": (12, 21)})
    assert later.through == PLACE.through
    assert later.topics == {"cases": TopicPlace("id-1", (12, 21)), "intake": INTAKE}
