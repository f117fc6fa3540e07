"""The servers that integration tests run against: real ones, started once a session. Loaded by tests/conftest.py."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.plumbing.embedded.running import RunningServers, running_servers


@pytest.fixture(scope="session")
def servers() -> Iterator[RunningServers]:
    """MongoDB (replica set, authentication) and Kafka (SASL, rights), shared by the whole session."""
    with tempfile.TemporaryDirectory(prefix="banjie-tests-") as folder:
        with running_servers(Path(folder) / "data") as running:
            yield running


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[RunningServers]:
    """A pair of servers for one test that hurts them."""
    with running_servers(tmp_path / "data") as running:
        yield running
