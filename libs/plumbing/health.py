"""Alive, ready, metrics: what a supervisor or Kubernetes asks a process."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Response

from libs.plumbing.telemetry import METRICS_TYPE, metrics_page

Check = Callable[[], Awaitable[str | None]]
"""Returns a short detail when well, raises when not."""
CHECK_LIMIT_S = 2.0


async def run_checks(checks: Mapping[str, Check]) -> dict[str, dict[str, Any]]:
    """Each check's {ok, detail}; run together, each cut off after two seconds."""
    names = list(checks)
    results = await asyncio.gather(*(_run(checks[name]) for name in names))
    return dict(zip(names, results, strict=True))


async def _run(check: Check) -> dict[str, Any]:
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            return {"ok": True, "detail": await check() or ""}
    except TimeoutError:
        return {"ok": False, "detail": f"no answer within {CHECK_LIMIT_S:g} s"}
    except Exception as error:
        first_line = str(error).partition("\n")[0]
        return {"ok": False, "detail": f"{type(error).__name__}: {first_line[:200]}"}


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """`/healthz` (alive), `/readyz` (every check well, else 503), `/metrics` (Prometheus)."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return Response('{"ok": true}', media_type="application/json")

    @router.get("/readyz")
    async def readyz() -> Response:
        results = await run_checks(checks)
        well = all(result["ok"] for result in results.values())
        content = json.dumps({"ok": well, "checks": results}, ensure_ascii=False)
        return Response(content, 200 if well else 503, media_type="application/json")

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(metrics_page(), media_type=METRICS_TYPE)

    return router
