"""A newsroom on the session's servers, and one on servers that a test may hurt."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from libs.plumbing.embedded.mongod import MongodOptions
from libs.plumbing.embedded.running import RunningServers, running_servers
from libs.plumbing.embedded.stack import ServerOptions
from tests.integration.relay.newsroom import Newsroom


@pytest.fixture
async def newsroom(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Newsroom]:
    room = Newsroom(servers, tmp_path)
    await room.open()
    try:
        yield room
    finally:
        await room.close()


@pytest.fixture(scope="module")
def frail_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """Servers of this module's own; the database's oplog is so short that a change stream loses its place."""
    options = ServerOptions(mongod=MongodOptions(oplog_mb=1))
    with running_servers(tmp_path_factory.mktemp("frail") / "data", options) as running:
        yield running


@pytest.fixture
async def frail(frail_servers: RunningServers, tmp_path: Path) -> AsyncIterator[Newsroom]:
    room = Newsroom(frail_servers, tmp_path)
    await room.open()
    try:
        yield room
    finally:
        frail_servers.wait_up()
        await room.close()
