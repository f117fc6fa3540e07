"""Composition root of the relay: the only file that knows every other."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable

from pymongo.asynchronous.database import AsyncDatabase

from libs.plumbing.clock import now_us
from libs.plumbing.ends import UNEXPECTED, hard_exit
from libs.plumbing.kafka import Publisher
from libs.plumbing.leases import Leases
from libs.plumbing.logs import logger
from libs.plumbing.mongo import Document, mongo_client
from libs.plumbing.runner import Service
from libs.plumbing.settings import Settings
from libs.plumbing.web import service_app
from services.relay import heal
from services.relay.broker import Broker
from services.relay.place import PLACE, Places
from services.relay.publish import NewsPublisher
from services.relay.relay import Relay
from services.relay.skipped import Skipped
from services.relay.state import SERVICE, State
from services.relay.stream import LogStream
from services.relay.sweep import Sweep
from services.relay.term import Ports, Term

log = logger(__name__)


def compose(settings: Settings) -> Service:
    """The relay as a service: no API of its own, one thing in the background."""
    return Service(SERVICE, service_app(SERVICE, settings=settings), {SERVICE: RelayProcess(settings)})


class RelayProcess:
    """A relay at work in the background; anything unexpected in it ends the process."""

    def __init__(self, settings: Settings, retention: int = heal.RETENTION_US) -> None:
        self._client = mongo_client(settings)
        self._state = State()
        database = self._client[settings.mongo_database]
        self._rejected = Publisher(settings)
        self._ports = _ports(settings, database, self._rejected, self._state, retention)
        self._relay = Relay(Leases(database), _holder(), _terms(self._ports), self._state)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, and return at once."""
        self._task = asyncio.create_task(self._relay.run(), name=SERVICE)
        self._task.add_done_callback(_ended)

    async def stop(self) -> None:
        """Save the place and hand over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._ports.broker.close()
        await self._rejected.stop()
        await self._client.close()

    async def ready(self) -> str:
        """Active or standby, and the lag; raises while MongoDB or Kafka is away."""
        return await self._state.ready()


def _ports(
    settings: Settings,
    database: AsyncDatabase[Document],
    rejected: Publisher,
    state: State,
    retention: int,
) -> Ports:
    publisher = NewsPublisher(settings)
    skipped = Skipped(database, rejected)
    return Ports(
        database=database,
        places=Places(database[PLACE]),
        stream=LogStream(database),
        broker=Broker(settings),
        publisher=publisher,
        skipped=skipped,
        sweep=Sweep(database, publisher, skipped),
        state=state,
        now=now_us,
        retention=retention,
    )


def _terms(ports: Ports) -> Callable[[int, Callable[[], bool]], Term]:
    return lambda epoch, held: Term(epoch, ports, held)


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("relay_failed", exc_info=error)
        hard_exit(UNEXPECTED)
