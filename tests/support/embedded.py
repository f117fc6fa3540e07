"""The servers that integration tests run against: real ones, started once a session. Loaded by tests/conftest.py."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from libs.plumbing.embedded.running import RunningServers, running_servers
from libs.plumbing.embedded.stack import Endpoints
from tests.support.containers import IMAGES, container_servers, why_not_containers

_why_not_containers = cache(why_not_containers)


def pytest_report_header() -> str:
    """Say which servers the tests run against, and why."""
    reason = _why_not_containers()
    return (
        f"servers: embedded ({reason})" if reason else f"servers: containers ({', '.join(IMAGES.values())})"
    )


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """MongoDB (replica set, authentication) and Kafka (SASL, rights), shared by the whole session."""
    start = running_servers if _why_not_containers() else container_servers
    with start(tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[RunningServers]:
    """A pair of embedded servers for one test that hurts them."""
    with running_servers(tmp_path / "data") as running:
        yield running
