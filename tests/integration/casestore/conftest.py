"""A database of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from libs.plumbing.embedded.stack import Endpoints
from tests.support.stores import Bench, a_bench


@pytest.fixture
async def bench(servers: Endpoints) -> AsyncIterator[Bench]:
    """Store, vault and verify on a fresh database."""
    async with a_bench(servers) as fresh:
        yield fresh
