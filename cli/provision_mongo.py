"""What MongoDB must hold before a service starts: schema, users with the rights they need and no others, the first key."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from cli.catalog import ROOTS
from cli.home import Home, service_secret
from libs.casestore.migrations import migrate
from libs.casestore.schema import privileges_of
from libs.casework.offices import parse_offices
from libs.plumbing.clock import now_us
from libs.plumbing.data import read_yaml
from libs.plumbing.embedded.datadir import write_private
from libs.plumbing.embedded.mongod import ensure_user
from libs.plumbing.ends import RefusedToStartError
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.mongo import Document, mongo_client, mongo_client_sync
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign
from libs.plumbing.settings import Settings

YEAR_US = 365 * 24 * 3600 * 1_000_000
FIRST_KEY = "first-key"
Show = Callable[[str], None]
"""What becomes of the first administrator's key: it is said once and kept nowhere in the database."""


async def provision_mongo(settings: Settings, secrets: Path, show: Show) -> None:
    """Bring the database to what this version needs; again and again without harm.

    `settings` name the administrator's user and hold the signing key; each service's password is in its folder of
    `secrets`.
    """
    async with mongo_client(settings) as client:
        database = client[settings.mongo_database]
        await migrate(database)
        await asyncio.to_thread(_users, settings, secrets)
        await _first_key(database, settings, show)


def _users(settings: Settings, secrets: Path) -> None:
    with mongo_client_sync(settings) as client:
        for service in ROOTS:
            password = service_secret(secrets, service, "mongo_password")
            ensure_user(client, service, password, privileges_of(service, settings.mongo_database))


async def _first_key(database: AsyncDatabase[Document], settings: Settings, show: Show) -> None:
    """The first administrator's key, made when no key was ever made. Shown first: one too many beats none."""
    registry = KeyRegistry(database["keys"])
    if await registry.list():
        return
    office = parse_offices(read_yaml("offices.yaml")).offices[0].code
    now, key_id = now_us(), str(uuid7())
    principal = Principal("admin", frozenset({"administrator"}), office, expires=now + YEAR_US)
    show(sign(principal, _signing_key(settings), now, key_id))
    await registry.add(key_id, principal, now)


def _signing_key(settings: Settings) -> dict[str, str]:
    if settings.signing_key is None:
        raise RefusedToStartError(
            "signing_key is missing: the private key (JWK) as a file in BANJIE_SECRETS_DIR"
        )
    key: dict[str, str] = json.loads(settings.signing_key.get_secret_value())
    return key


def keep_first_key(home: Home, token: str) -> None:
    """Let it wait in a file until `take_first_key`."""
    write_private(home.data.run / FIRST_KEY, token)


def take_first_key(home: Home) -> str | None:
    """The first administrator's key, if it was not shown yet; after this it is nowhere any more."""
    file = home.data.run / FIRST_KEY
    if not file.exists():
        return None
    token = file.read_text("utf-8")
    file.unlink()
    return token
