"""A service's HTTP door: one FastAPI application behind the guard; and several behind one address."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from libs.plumbing.guard import Guard, Rules
from libs.plumbing.health import Check, health_router
from libs.plumbing.limits import RateLimits
from libs.plumbing.problems import install_problems
from libs.plumbing.security import Verifier
from libs.plumbing.settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


def service_app(
    service: str,
    routers: Sequence[APIRouter] = (),
    *,
    settings: Settings,
    verifier: Verifier | None = None,
    checks: Mapping[str, Check] | None = None,
    lifespan: Lifespan | None = None,
    ports: Any = None,
    version: str = "1",
) -> FastAPI:
    """The application of one service, with health, problem details and the guard.

    `ports` is what endpoints reach as `request.app.state.ports`; without a `verifier` nobody is signed in.
    """
    app = _bare(f"Banjie 办结 · {service}", lifespan, version)
    app.state.ports = ports
    app.state.checks = dict(checks or {})
    app.include_router(health_router(app.state.checks))
    for router in routers:
        app.include_router(router)
    app.add_middleware(Guard, rules=_rules(service, settings, verifier))
    return app


def gateway(
    parts: Mapping[str, FastAPI], lifespan: Lifespan | None = None, more: Mapping[str, Check] | None = None
) -> FastAPI:
    """Several services in one process: each mounted at `/<name>`, its lifespan run, its checks (and more) gathered."""

    @asynccontextmanager
    async def together(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts.values():
                await stack.enter_async_context(part.router.lifespan_context(part))
            if lifespan:
                await stack.enter_async_context(lifespan(app))
            yield

    app = _bare("Banjie 办结", together, "1")
    checks: dict[str, Check] = {
        f"{name}.{check}": run for name, part in parts.items() for check, run in part.state.checks.items()
    }
    app.include_router(health_router({**checks, **(more or {})}))
    for name, part in parts.items():
        app.mount(f"/{name}", part)
    return app


def _bare(title: str, lifespan: Lifespan | None, version: str) -> FastAPI:
    # The interactive pages load scripts from elsewhere; an office without internet would see a blank page.
    app = FastAPI(title=title, version=version, lifespan=lifespan, docs_url=None, redoc_url=None)
    install_problems(app)
    return app


def _rules(service: str, settings: Settings, verifier: Verifier | None) -> Rules:
    return Rules(
        service=service,
        verify=verifier.verify if verifier else None,
        rates=RateLimits(settings.rate_of_principal, settings.rate_of_address),
        max_body=settings.max_body,
        timeout_s=settings.request_timeout_s,
    )
