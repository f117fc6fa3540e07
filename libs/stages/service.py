"""How a stage service becomes a process: one definition, run as an API, as a worker, or as both.

A service's `app.py` fills in `StageService`; nothing else about starting and stopping is written twice.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, FastAPI

from libs.casework.vocabulary import Service
from libs.plumbing import runner
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.records import Route
from libs.plumbing.security import verifier_from
from libs.plumbing.settings import Settings
from libs.plumbing.web import service_app
from libs.stages.ports import Ports, open_ports
from libs.stages.reactor import Reactor
from libs.stages.working import Beside, StageWorker


class Room(Protocol):
    """What a service builds from its ports: what it answers over HTTP, what it listens to, what it decides by itself."""

    @property
    def routers(self) -> Sequence[APIRouter]:
        """Its HTTP door; empty for a service without one."""

    @property
    def routes(self) -> Sequence[Route]:
        """Topics and their handlers; empty for a service that listens to nobody."""

    @property
    def reactor(self) -> Reactor | None:
        """What it decides by itself, if anything."""


@dataclass(frozen=True, slots=True)
class StageService:
    """A service as its composition root describes it. Called with settings it is ready to run.

    `beside` makes what works in its worker besides the routes and the sweep.
    """

    service: Service
    build: Callable[[Ports], Awaitable[Room]]
    beside: Callable[[Ports], Beside] | None = None

    def __call__(self, settings: Settings) -> runner.Service:
        """The service for `libs.plumbing.runner`: nothing is opened before its resources are."""
        house = _House(self, settings)
        return runner.Service(self.service, house.app, {"worker": house.worker}, house.opened)


class _House:
    """One service in one process: its app, its worker, and the ports that both come to share."""

    def __init__(self, stage: StageService, settings: Settings) -> None:
        self._stage, self._settings = stage, settings
        self._keys: KeyRegistry | None = None
        self.worker = StageWorker(stage.service)
        self.app: FastAPI = service_app(
            stage.service,
            settings=settings,
            verifier=verifier_from(settings, self._revoked),
            checks={"database": self._database},
        )
        self._ports: Ports | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        async with open_ports(self._stage.service, self._settings) as ports:
            room = await self._stage.build(ports)
            for router in room.routers:
                self.app.include_router(router)
            beside = self._stage.beside(ports) if self._stage.beside else None
            self.worker.move_in(ports, room.routes, room.reactor, beside)
            self._keys, self._ports = KeyRegistry(ports.database["keys"]), ports
            await self._keys.start()
            try:
                yield
            finally:
                await self._keys.stop()

    def _revoked(self, key_id: str) -> bool:
        # Nobody is let in before the list of revoked keys was read.
        return self._keys is None or self._keys.revoked(key_id)

    async def _database(self) -> str | None:
        if self._ports is None:
            raise RuntimeError("not started yet")
        await self._ports.database.command("ping")
        return None
