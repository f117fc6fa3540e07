"""What MongoDB must hold before a service starts: schema, users with the rights they need and no others, the first key."""

import asyncio
from typing import Any

from pymongo import AsyncMongoClient, MongoClient
from uuid_utils.compat import uuid7

from cli.catalog import ROOTS
from cli.home import DATABASE, Home
from libs.casestore.migrations import migrate
from libs.casestore.schema import privileges_of
from libs.casework.offices import parse_offices
from libs.plumbing.clock import now_us
from libs.plumbing.data import read_yaml
from libs.plumbing.embedded.datadir import write_private
from libs.plumbing.embedded.mongod import ensure_user
from libs.plumbing.embedded.stack import Endpoints
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign

YEAR_US = 365 * 24 * 3600 * 1_000_000
FIRST_KEY = "first-key"


async def provision_mongo(home: Home, reach: Endpoints) -> None:
    """Bring the database to what this version needs; again and again without harm."""
    async with AsyncMongoClient[dict[str, Any]](reach.mongo_uri, uuidRepresentation="standard") as client:
        await migrate(client[DATABASE])
        await asyncio.to_thread(_users, home, reach)
        await _first_key(home, KeyRegistry(client[DATABASE]["keys"]))


def _users(home: Home, reach: Endpoints) -> None:
    with MongoClient[dict[str, Any]](reach.mongo_uri) as client:
        for service in ROOTS:
            ensure_user(client, service, home.mongo_password(service), privileges_of(service, DATABASE))


async def _first_key(home: Home, registry: KeyRegistry) -> None:
    """The first administrator's key, made when no key was ever made; waits in a file until it was shown once."""
    if await registry.list():
        return
    office = parse_offices(read_yaml("offices.yaml")).offices[0].code
    now, key_id = now_us(), str(uuid7())
    principal = Principal("admin", frozenset({"administrator"}), office, expires=now + YEAR_US)
    write_private(home.data.run / FIRST_KEY, sign(principal, home.signing_key, now, key_id))
    await registry.add(key_id, principal, now)


def take_first_key(home: Home) -> str | None:
    """The first administrator's key, if it was not shown yet; after this it is nowhere any more."""
    file = home.data.run / FIRST_KEY
    if not file.exists():
        return None
    token = file.read_text("utf-8")
    file.unlink()
    return token
