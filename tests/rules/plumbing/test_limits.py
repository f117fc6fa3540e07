"""Counting requests, with a clock of our own."""

from libs.plumbing.limits import RateLimits
from libs.plumbing.principals import Principal

CLERK = Principal("clerk-1", frozenset({"clerk"}), "yingbin")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_window_begins_with_the_first_request_and_is_new_after_its_time() -> None:
    clock = Clock()
    limits = RateLimits("2/minute", "1/minute", clock)
    assert limits.refused(CLERK, "h") is None
    clock.now += 50
    assert limits.refused(CLERK, "h") is None
    refused = limits.refused(CLERK, "h")
    assert refused is not None
    assert refused.headers == {"Retry-After": "10"}
    clock.now += 10
    assert limits.refused(CLERK, "h") is None


def test_a_principal_is_counted_wherever_it_comes_from_and_a_stranger_by_address() -> None:
    limits = RateLimits("1/minute", "1/minute", Clock())
    assert limits.refused(CLERK, "h1") is None
    assert limits.refused(CLERK, "h2") is not None
    assert limits.refused(None, "h1") is None
    assert limits.refused(None, "h2") is None
    assert limits.refused(None, "h2") is not None


def test_made_up_addresses_do_not_fill_the_memory() -> None:
    limits = RateLimits("1/minute", "1/minute", Clock(), remember=10)
    for number in range(1000):
        limits.refused(None, f"h{number}")
    assert len(limits._windows) <= 10
