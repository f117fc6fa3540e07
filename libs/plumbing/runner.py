"""One process of one service: its HTTP door, its workers, or both."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal, Protocol

import uvloop
from fastapi import APIRouter, FastAPI

from libs.plumbing.backoff import Backoff
from libs.plumbing.clock import check_clock
from libs.plumbing.ends import REFUSED, UNEXPECTED, RefusedToStartError
from libs.plumbing.health import Check
from libs.plumbing.heap import settle_heap
from libs.plumbing.logs import logger, set_up_logs
from libs.plumbing.mongo import away, check_mongo, mongo_client
from libs.plumbing.serve import serve, until_signalled
from libs.plumbing.settings import Settings
from libs.plumbing.web import gateway

Role = Literal["all", "api", "worker"]
Resources = Callable[[], AbstractAsyncContextManager[object]]
log = logger(__name__)


class Background(Protocol):
    """What runs beside the HTTP door: a `Worker`, a relay, a sweep."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def ready(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Service:
    """A composed service. `resources` opens what both roles need (clients, stores) and closes it at the end."""

    name: str
    app: FastAPI
    background: Mapping[str, Background]
    resources: Resources = nullcontext


def run(compose: Callable[[Settings], Service], settings: Settings, role: Role) -> int:
    """Run one service until SIGTERM; the exit code: 0 stopped, 2 refused to start (one line says why)."""
    return run_together([compose], settings, role)


def run_together(
    composers: Sequence[Callable[[Settings], Service]],
    settings: Settings,
    role: Role,
    routers: Sequence[APIRouter] = (),
) -> int:
    """Run several services in one process, each API at `/<service>`; the gateway is this with role `api`.

    `routers` are what stands beside them at the root.
    """
    set_up_logs(
        settings.service, settings.log_level, console=settings.log_format == "console" and sys.stderr.isatty()
    )
    try:
        uvloop.run(_main(composers, settings, role, routers))
    except RefusedToStartError as error:
        sys.stderr.write(f"{settings.service}: {error}\n")
        return REFUSED
    except Exception as error:
        log.critical("service_failed", exc_info=error)
        return UNEXPECTED
    return 0


async def _main(
    composers: Sequence[Callable[[Settings], Service]],
    settings: Settings,
    role: Role,
    routers: Sequence[APIRouter],
) -> None:
    await _mongodb_is_right(settings)
    services = [compose(settings) for compose in composers]
    door = gateway(
        {one.name: one.app for one in services} if role != "worker" else {}, more=_checks(services, role)
    )
    for router in routers:
        door.include_router(router)
    async with AsyncExitStack() as stack:
        for one in services:
            await stack.enter_async_context(one.resources())
            if role != "api":
                await stack.enter_async_context(_running(one))
        settle_heap()
        await _until_told(door, settings, role)


async def _until_told(door: FastAPI, settings: Settings, role: Role) -> None:
    port = settings.worker_port if role == "worker" else settings.http_port
    if port is not None:
        await serve(door, settings.http_host, port, settings.trusted_proxies)
        return
    with until_signalled() as stop:
        await stop


def _checks(services: Sequence[Service], role: Role) -> dict[str, Check]:
    if role == "api":
        return {}
    return {f"{one.name}.{name}": part.ready for one in services for name, part in one.background.items()}


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[None]:
    parts = list(service.background.values())
    for part in parts:
        await part.start()
    try:
        yield
    finally:
        await asyncio.gather(*(part.stop() for part in parts))


async def _mongodb_is_right(settings: Settings) -> None:
    """Wait for MongoDB, sign in, compare clocks: deadlines of two services that disagree about now are worthless."""
    backoff = Backoff(first=0.2)
    async with mongo_client(settings) as client:
        while True:
            try:
                await check_mongo(client, settings)
                return await check_clock(client)
            except Exception as error:
                if not away(error):
                    raise
                log.warning("waiting_for_mongodb", error=type(error).__name__)
            await asyncio.sleep(backoff.wait())
