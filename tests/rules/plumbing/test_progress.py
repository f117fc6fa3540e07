from types import SimpleNamespace

from faust.exceptions import ConsumerNotStarted

from libs.plumbing.progress import Lag


class AppAhead:
    """Says that it has started, though its consumer has not: for a moment Faust does so too."""

    started = True
    on_partitions_assigned = SimpleNamespace(connect=lambda *_, **__: None)

    class consumer:
        @staticmethod
        def assignment() -> set[object]:
            raise ConsumerNotStarted("not yet")


def test_an_app_that_is_ahead_of_its_consumer_has_no_lag_and_no_partitions() -> None:
    lag = Lag(AppAhead(), [], "triage")

    assert lag.records() == 0
    assert not lag.assigned()
