"""A workplace on the real servers."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from libs.plumbing.embedded.running import RunningServers
from libs.plumbing.embedded.stack import Endpoints
from libs.plumbing.settings import Settings
from tests.integration.plumbing.workplace import Workplace


@pytest.fixture
async def workplace(servers: Endpoints, tmp_path: Path) -> AsyncIterator[Workplace]:
    async with _workplace(servers, tmp_path) as place:
        yield place


@pytest.fixture
async def own_workplace(own_servers: RunningServers, tmp_path: Path) -> AsyncIterator[Workplace]:
    """On servers that the test may hurt."""
    async with _workplace(own_servers, tmp_path) as place:
        yield place


@asynccontextmanager
async def _workplace(servers: Endpoints, tmp_path: Path) -> AsyncIterator[Workplace]:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "mongo_password").write_text(servers.mongo_password)
    (secrets / "kafka_password").write_text(servers.kafka_password)
    name = f"w{uuid.uuid4().hex[:8]}"
    settings = Settings(
        service=name,
        mongo_uri=servers.mongo_address,
        mongo_user=servers.mongo_user,
        mongo_password=servers.mongo_password,
        mongo_database=name,
        kafka_bootstrap=servers.kafka_bootstrap,
        kafka_user=servers.kafka_user,
        kafka_password=servers.kafka_password,
    )
    place = Workplace(settings, secrets)
    place.make_topics(place.topic, f"{place.topic}.rejected")
    try:
        yield place
    finally:
        await place.close()
