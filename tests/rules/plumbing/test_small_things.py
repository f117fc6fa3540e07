"""Backoff, clocks, rejection topics, which errors mean away."""

import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError
from pymongo.errors import AutoReconnect, DuplicateKeyError, ServerSelectionTimeoutError

from libs.plumbing.backoff import Backoff
from libs.plumbing.clock import apart, now_us
from libs.plumbing.dependencies import DependencyAway, dependency_away
from libs.plumbing.rejections import rejection_topic


def test_waits_double_up_to_the_most_and_start_again() -> None:
    backoff = Backoff(first=1, most=4)
    waits = [backoff.wait() for _ in range(4)]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, (1, 2, 4, 4), strict=True))
    backoff.reset()
    assert backoff.wait() <= 1


def test_clocks_agree_when_theirs_lies_between_our_two_readings() -> None:
    assert apart(100, 150, 200) == 0
    assert apart(100, 40, 200) == 60
    assert apart(100, 260, 200) == 60


def test_now_is_in_microseconds() -> None:
    assert 1_700_000_000_000_000 < now_us() < 5_000_000_000_000_000


def test_a_door_has_its_own_rejected_topic_and_voices_share_the_listeners() -> None:
    assert rejection_topic("banjie.reports.hotline", "intake") == "banjie.reports.hotline.rejected"
    assert rejection_topic("banjie.intake", "triage") == "banjie.triage.rejected"


@pytest.mark.parametrize(
    "error", [AutoReconnect(), ServerSelectionTimeoutError(), KafkaConnectionError(), DependencyAway()]
)
def test_what_is_away_is_worth_another_try(error: Exception) -> None:
    assert dependency_away(error)


@pytest.mark.parametrize(
    "error", [DuplicateKeyError(""), TopicAuthorizationFailedError(), KeyError(), TimeoutError()]
)
def test_what_will_not_heal_is_not(error: Exception) -> None:
    assert not dependency_away(error)
