"""A street office on real servers: its own database, people with signed tokens, publishers with topics, services over HTTP."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import TopicPartition

from libs.casestore.migrations import migrate
from libs.casework.topics import REJECTED, Door, door, outcomes
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.provision import TopicSpec, ensure_topics
from libs.plumbing.embedded.stack import Endpoints
from libs.plumbing.kafka import kafka_consumer
from libs.plumbing.mongo import mongo_client
from libs.plumbing.principals import Principal
from libs.plumbing.records import Record
from libs.plumbing.security import Verifier, new_signing_key, public_part, sign
from libs.plumbing.settings import Settings
from libs.stages.ports import Ports, open_ports
from libs.stages.service import StageService

MASTER_KEY = bytes(range(32))
_HOUR = 3600 * 1_000_000


class StreetOffice:
    """Everything that a test of a stage service needs around it."""

    def __init__(self, servers: Endpoints) -> None:
        self._servers = servers
        self.name = f"t{uuid4().hex[:10]}"
        self._signing = new_signing_key()
        self.verifier = Verifier(public_part(self._signing), lambda key_id: False)

    def settings(self, service: str = "intake") -> Settings:
        reach = self._servers
        return Settings(
            service=service,
            mongo_uri=reach.mongo_address,
            mongo_user=reach.mongo_user,
            mongo_password=reach.mongo_password,
            mongo_database=self.name,
            kafka_bootstrap=reach.kafka_bootstrap,
            kafka_user=reach.kafka_user,
            kafka_password=reach.kafka_password,
            master_key=base64.b64encode(MASTER_KEY).decode(),
            verify_key=json.dumps(public_part(self._signing)),
        )

    def token(self, *roles: str, office: str = "yingbin", **more: Any) -> dict[str, str]:
        """The header of somebody with these roles."""
        name = more.pop("id", f"{roles[0]}-1")
        principal = Principal(name, frozenset(roles), office, expires=now_us() + _HOUR, **more)
        return {"Authorization": f"Bearer {sign(principal, self._signing, now_us(), 'k1')}"}

    @asynccontextmanager
    async def http(self, stage: StageService) -> AsyncIterator[httpx.AsyncClient]:
        """The service's API, without its worker."""
        service = stage(self.settings(stage.service))
        transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
        async with (
            service.resources(),
            httpx.AsyncClient(transport=transport, base_url="http://office", timeout=30) as client,
        ):
            yield client

    def ports(self, service: Service) -> Any:
        """The service's ports, opened."""
        return open_ports(service, self.settings(service))

    async def publisher(self, ports: Ports, name: str, office: str = "yingbin", **more: Any) -> str:
        """Register a publisher with its topics; returns its name, made unique."""
        unique = f"{name}-{uuid4().hex[:6]}"
        doors = [kind.value for kind in Door]
        await ports.database["publishers"].insert_one(
            {"_id": unique, "office": office, "doors": doors, **more}
        )
        inbound = [door(kind, unique) for kind in Door]
        await self.topics(outcomes(unique), *inbound, *(topic + REJECTED for topic in inbound))
        return unique

    async def topics(self, *names: str) -> None:
        """Make topics of one partition."""

        def make() -> None:
            reach = self._servers
            with open_admin(reach.kafka_bootstrap, reach.kafka_user, reach.kafka_password) as admin:
                ensure_topics(admin, [TopicSpec(name, 1) for name in names])

        await asyncio.to_thread(make)

    async def heard(self, topic: str) -> list[dict[str, Any]]:
        """What was written to a topic of one partition so far."""
        consumer = kafka_consumer(self.settings())
        partition = TopicPartition(topic, 0)
        await consumer.start()
        try:
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            return [json.loads((await consumer.getone()).value) for _ in range(end)]
        finally:
            await consumer.stop()


@asynccontextmanager
async def a_street_office(servers: Endpoints) -> AsyncIterator[StreetOffice]:
    """One with a fresh database; dropped at the end."""
    office = StreetOffice(servers)
    async with mongo_client(office.settings()) as client:
        await migrate(client[office.name])
        try:
            yield office
        finally:
            await client.drop_database(office.name)


def message(data: Any, kind: str, message_id: str, **more: Any) -> bytes:
    """A CloudEvent as a publisher sends it."""
    cloud = {"specversion": "1.0", "id": message_id, "source": "/test", "type": kind, "data": data}
    return json.dumps(cloud | more).encode()


def records(topic: str, values: Sequence[bytes], first: int = 0) -> list[Record]:
    """Values as they come from one partition."""
    return [Record(topic, 0, first + number, None, value) for number, value in enumerate(values)]
