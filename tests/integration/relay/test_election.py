"""The database's primary dies; another is elected; the news goes on from the saved place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pymongo.errors import DuplicateKeyError

from libs.casework.topics import CASES
from libs.plumbing.embedded.mongod import ADMIN
from libs.plumbing.embedded.running import RunningServers
from tests.integration.relay.newsroom import Newsroom, a_story
from tests.support.replica_set import ReplicaSet, running_replica_set

pytestmark = pytest.mark.faults


@pytest.fixture
async def elected(servers: RunningServers, tmp_path: Path) -> AsyncIterator[tuple[Newsroom, ReplicaSet]]:
    with running_replica_set(tmp_path / "nodes") as nodes:
        hosts = ",".join(f"127.0.0.1:{port}" for port in nodes.ports.values())
        uri = f"mongodb://{hosts}/?replicaSet=rs0&authSource=admin"
        room = Newsroom(servers, tmp_path, mongo_uri=uri, mongo_user=ADMIN, mongo_password=nodes.password)
        await room.open()
        try:
            yield room, nodes
        finally:
            await room.close()


async def test_a_new_primary_loses_no_news_and_keeps_the_order(
    elected: tuple[Newsroom, ReplicaSet],
) -> None:
    room, nodes = elected
    await room.following()
    for turn in range(30):
        if turn == 10:
            nodes.kill_primary()
        try:
            await room.write(a_story(), a_story(), group=5)
        except DuplicateKeyError:
            pytest.skip("the test's own commit was answered twice")
    assert await room.complete(CASES, 30) == room.written
