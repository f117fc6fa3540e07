"""One street office for each file of tests: its cases do not meet, so its database may be shared."""

from collections.abc import AsyncIterator

import pytest

from libs.plumbing.embedded.stack import Endpoints
from tests.support.street_office import StreetOffice, a_street_office


@pytest.fixture(scope="module")
async def office(servers: Endpoints) -> AsyncIterator[StreetOffice]:
    async with a_street_office(servers) as one:
        yield one
