"""The relay's users may do what it needs; what it does needs no more."""

import pytest
from pymongo import MongoClient

from cli.provision_kafka import service_grants
from libs.casestore.schema import privileges_of
from libs.casework.topics import CASES
from libs.plumbing.embedded import mongod, provision
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.running import RunningServers
from services.relay.place import PLACE
from services.relay.skipped import SKIPPED
from tests.integration.relay.newsroom import Newsroom, a_story, document, settings_of, until

WORD = "for-this-test-only"


@pytest.fixture
async def least(servers: RunningServers, newsroom: Newsroom) -> Newsroom:
    """A newsroom whose relay has the rights of the real one on this database."""
    name = newsroom.settings.mongo_database
    user = f"relay-{name}"
    with MongoClient(servers.mongo_uri) as admin:
        mongod.ensure_user(admin, user, WORD, privileges_of("relay", name))
    with open_admin(servers.kafka_bootstrap, servers.kafka_user, servers.kafka_password) as admin:
        provision.ensure_user(admin, user, WORD)
        provision.ensure_acls(admin, user, service_grants("relay"))
    login = {"mongo_user": user, "mongo_password": WORD, "kafka_user": user, "kafka_password": WORD}
    newsroom.relays_settings = settings_of(servers, mongo_database=name, **login)
    return newsroom


async def test_its_own_rights_are_enough(least: Newsroom) -> None:
    await least.write(a_story())
    first = await least.following()
    odd = a_story("reported")
    await least.insert([document(odd.log[0]) | {"body": b"damaged"}])
    await least.write(a_story())
    await until(lambda: least.database[SKIPPED].count_documents({}))
    await first.stop()
    await least.database[PLACE].update_one({}, {"$set": {"token": {"_data": "gone"}}})
    await least.write(a_story())
    await least.relay()
    assert await least.complete(CASES) == least.written
