"""Case stores on the real database, each test in a database of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient
from uuid_utils.compat import uuid7

from libs.casestore.append import Append
from libs.casestore.content import ContentVault
from libs.casestore.migrations import migrate
from libs.casestore.processes import Where
from libs.casestore.store import CaseStore
from libs.casestore.verify import Range, Report, verify_range
from libs.casework.draft import Change, NewCase, Whatever
from libs.casework.events import Event
from libs.casework.samples import example
from libs.casework.samples.examples import AFTER, NOTE, PHOTO, WORDS
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.stack import Endpoints
from tests.support.cases import OFFICE, a_speaker

MASTER = bytes(range(32))


class Bench:
    """One database with its store and vault."""

    def __init__(self, servers: Endpoints, name: str, client: AsyncMongoClient[dict[str, Any]]) -> None:
        self.where = Where(
            servers.mongo_address,
            {"username": servers.mongo_user, "password": servers.mongo_password},
            name,
        )
        self.database = client[name]
        self.vault = ContentVault(self.database, MASTER)
        self.store = CaseStore(self.database, clock=now_us)

    def verify(self) -> Report:
        """Check everything, in this process."""
        return verify_range(self.where, Range(UUID(int=0), UUID(int=2**128 - 1)))

    async def reported(self, key: str | None = None) -> UUID:
        """A new case."""
        case_id = uuid7()
        await self.say(Service.INTAKE, NewCase(OFFICE), case_id, reported_as(case_id), key)
        return case_id

    async def say(
        self, service: Service, expect: Any, case_id: UUID, event: Event, key: str | None = None
    ) -> Any:
        """Append one event."""
        return await self.store.append([Change(case_id, expect, (event,))], a_speaker(service), key=key)

    async def say_all(self, append: Append) -> Any:
        """One append, as a caller makes it."""
        return await self.store.append(append.changes, append.speaker, key=append.key)


def reported_as(case_id: UUID) -> Event:
    """A report whose number is its own."""
    return example("reported").model_copy(update={"number": str(case_id), "contents": ()})


def saying(
    service: Service, case_id: UUID, *events: Event, key: str | None = None, expect: Any = None
) -> Append:
    """An append that expects nothing unless told."""
    return Append((Change(case_id, expect or Whatever(), events),), a_speaker(service), key)


@asynccontextmanager
async def a_bench(servers: Endpoints) -> AsyncIterator[Bench]:
    """A fresh database; dropped at the end."""
    name = f"t{uuid7().hex[-12:]}"
    options: dict[str, Any] = {"uuidRepresentation": "standard"}
    async with AsyncMongoClient(servers.mongo_uri, **options) as client:
        await migrate(client[name])
        bench = Bench(servers, name, client)
        await bench.store.start()
        yield bench
        await bench.store.stop()
        await client.drop_database(name)


async def keep_sample_contents(bench: Bench) -> None:
    """Store something under the ids that the sample events name, so that every reference leads somewhere."""
    samples = [{"_id": ref.id, "case_id": ref.id} for ref in (WORDS, NOTE, PHOTO, AFTER)]
    await bench.database["case_content"].insert_many(samples)
