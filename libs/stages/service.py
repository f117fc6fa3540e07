"""How a stage service becomes a process part: one definition, run as an API, as a worker, or as both.

A service's `app.py` fills in `StageService`; nothing else about starting and stopping is written twice.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from fastapi import APIRouter, FastAPI

from libs.casework.draft import Change, Speaker, Whatever
from libs.casework.events.oversight import Parked
from libs.casework.vocabulary import Service
from libs.casework.wire import subject_and_sequence
from libs.plumbing.attempts import Attempts, Runs
from libs.plumbing.clock import check_clock
from libs.plumbing.health import Check
from libs.plumbing.records import Record, Route
from libs.plumbing.security import Verifier
from libs.plumbing.settings import Settings
from libs.plumbing.web import service_app
from libs.plumbing.worker import Worker
from libs.stages.ports import Ports, open_ports
from libs.stages.reactor import Reactor, machine_actor
from libs.stages.sweep import Sweep

RunAs = Literal["all", "api", "worker"]


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
    """A service as its composition root describes it."""

    service: Service
    build: Callable[[Ports], Awaitable[Room]]


def application(
    stage: StageService, settings: Settings, run_as: RunAs, verifier: Verifier | None = None
) -> FastAPI:
    """The service as an application: its lifespan opens the ports and, unless `api`, runs worker and sweep."""
    started: dict[str, Check] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            ports = await stack.enter_async_context(open_ports(stage.service, settings))
            await check_clock(ports.database.client)
            room = await stage.build(ports)
            for router in room.routers if run_as != "worker" else ():
                app.include_router(router)
            started["database"] = _pings(ports)
            if run_as != "api":
                started["worker"] = await _run_worker(stack, stage.service, ports, room)
            yield

    names = ("database",) if run_as == "api" else ("database", "worker")
    checks = {name: _once_started(started, name) for name in names}
    return service_app(stage.service, settings=settings, verifier=verifier, checks=checks, lifespan=lifespan)


def _once_started(started: Mapping[str, Check], name: str) -> Check:
    async def check() -> str | None:
        if name not in started:
            raise RuntimeError("not started yet")
        return await started[name]()

    return check


async def _run_worker(stack: AsyncExitStack, service: Service, ports: Ports, room: Room) -> Check:
    if not room.routes:
        return _listens_to_nobody
    worker = Worker(
        service,
        ports.settings,
        room.routes,
        rejections=ports.rejections,
        attempts=Attempts(ports.database, service),
        runs=Runs(ports.database, f"{service}@{ports.settings.instance}"),
        on_parked=_flag_case(ports),
    )
    await worker.start()
    stack.push_async_callback(worker.stop)
    if room.reactor:
        sweep = Sweep(service, ports.store, ports.database, room.reactor, worker.lag)
        stack.push_async_callback(sweep.stop)
        sweep.start()
    return worker.ready


async def _listens_to_nobody() -> str | None:
    return "listens to nobody"


def _pings(ports: Ports) -> Check:
    async def ping() -> str | None:
        await ports.database.command("ping")
        return None

    return ping


def _flag_case(ports: Ports) -> Callable[[Record, str], Awaitable[None]]:
    """A parked record about a case hands the case to a person: the machine leaves it alone from then on."""

    async def flag(record: Record, reason: str) -> None:
        subject = _case_named_by(record)
        if subject:
            parked = Parked(service=ports.service, record=record.place, reason=reason)
            speaker = Speaker(ports.service, machine_actor(ports.service))
            change = Change(subject, Whatever(), (parked,))
            await ports.store.append([change], speaker, key=f"parked:{ports.service}:{record.place}")

    return flag


def _case_named_by(record: Record) -> UUID | None:
    try:
        return UUID(subject_and_sequence(record.value)[0])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
