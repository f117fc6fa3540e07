"""The three-node set that other tests lean on."""

from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.support.replica_set import running_replica_set

pytestmark = pytest.mark.faults


def test_a_majority_write_outlives_the_death_of_the_primary(tmp_path: Path) -> None:
    with running_replica_set(tmp_path) as nodes, MongoClient(nodes.uri, w="majority") as client:
        client.tried.things.insert_one({"_id": 1})
        dead = nodes.kill_primary()
        client.tried.things.insert_one({"_id": 2})
        assert nodes.primary() != dead
        assert client.tried.things.count_documents({}) == 2
