"""What refused connections leave behind, collected after each test that works with real servers. Loaded by tests/conftest.py.

Both Kafka clients leave the sockets of refused connections to the garbage collector, which complains wherever it happens to
run: in a test that has nothing to do with it.
"""

import gc
import warnings
from collections.abc import Iterator

import pytest

_WITH_SERVERS = ("tests/faults/", "tests/integration/", "tests/stories/")


@pytest.fixture(scope="session", autouse=True)
def modules_are_not_garbage() -> None:
    """A collection after each test costs little if it does not walk through everything that was imported."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def what_refused_connections_leave(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect it here, where nobody is blamed for it."""
    yield
    if request.node.nodeid.startswith(_WITH_SERVERS):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "unclosed .*socket", ResourceWarning)
            warnings.filterwarnings(
                "ignore", "Exception ignored in: <socket", pytest.PytestUnraisableExceptionWarning
            )
            gc.collect()
