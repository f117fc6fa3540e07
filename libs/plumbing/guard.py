"""One pure ASGI layer around every request: trace, identity, limits, timeout, last-resort answers, log, metrics."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from libs.plumbing.clock import now_us
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.limits import CountedBody, RateLimits
from libs.plumbing.logs import logger
from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem
from libs.plumbing.security import MALFORMED, TokenRefused
from libs.plumbing.telemetry import Trace, counter, histogram, next_trace

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
UNGUARDED = frozenset({"/healthz", "/readyz", "/metrics"})
log = logger(__name__)
requests = counter("http_requests", "Requests answered", "method", "route", "status")
seconds = histogram("http_seconds", "Seconds from request to answer", "route")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the guard holds requests to."""

    service: str
    verify: Callable[[str, int], Principal | TokenRefused] | None
    rates: RateLimits
    max_body: int
    timeout_s: float


class Guard:
    """The layer. It never raises: what the application lets slip becomes a 500 or 503 problem."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _path(scope) in UNGUARDED:
            await self._app(scope, receive, send)
            return
        await _Exchange(self._app, self._rules, scope, send).run(receive)


class _Exchange:
    __slots__ = ("_app", "_headers", "_limit", "_rules", "_scope", "_send", "_status", "_trace")

    def __init__(self, app: ASGIApp, rules: Rules, scope: Scope, send: Send) -> None:
        self._app, self._rules, self._scope, self._send = app, rules, scope, send
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._status = 0
        self._trace: Trace = next_trace(self._header(b"traceparent"))
        self._limit = asyncio.timeout(rules.timeout_s)

    def _header(self, name: bytes) -> str:
        return self._headers.get(name, b"").decode("latin-1")

    async def run(self, receive: Receive) -> None:
        started = perf_counter()
        self._scope["banjie.trace_id"] = self._trace.trace_id
        self._scope["banjie.traceparent"] = self._trace.traceparent
        self._scope["banjie.principal"] = principal = self._principal()
        bind_contextvars(trace_id=self._trace.trace_id)
        try:
            client = self._scope.get("client") or ("unknown", 0)
            refused = self._rules.rates.refused(principal, client[0])
            if refused:
                await self._answer(refused, receive)
            else:
                await self._through(receive)
        finally:
            self._note(perf_counter() - started)

    def _principal(self) -> Principal | TokenRefused | None:
        value = self._header(b"authorization")
        if not value or self._rules.verify is None:
            return None
        kind, _, token = value.partition(" ")
        if kind.lower() != "bearer" or not token:
            return MALFORMED
        return self._rules.verify(token.strip(), now_us())

    async def _through(self, receive: Receive) -> None:
        declared = self._header(b"content-length")
        size = int(declared) if declared.isdigit() else 0
        body = CountedBody(self._scope, receive, self._rules.max_body, size)
        try:
            async with self._limit:
                await self._app(self._scope, body, self._in_time)
        except Exception as error:
            await self._failed(error, receive)

    async def _failed(self, error: Exception, receive: Receive) -> None:
        problem = self._explained(error)
        if self._status:
            # Half an answer is out: cutting the connection is the only honest end.
            raise error
        await self._answer(problem, receive)

    def _explained(self, error: Exception) -> Problem:
        if isinstance(error, Problem):
            return error
        if isinstance(error, TimeoutError) and self._limit.expired():
            log.warning("request_too_slow", route=_route(self._scope), limit_s=self._rules.timeout_s)
            return Problem(
                "too_slow", f"no answer within {self._rules.timeout_s:g} s", headers={"Retry-After": "5"}
            )
        if dependency_away(error):
            log.warning("dependency_away", route=_route(self._scope), error=type(error).__name__)
            return Problem("unavailable", "try again in a few seconds", headers={"Retry-After": "3"})
        log.error("request_failed", route=_route(self._scope), exc_info=error)
        return Problem("internal", "the trace id finds it in the log")

    async def _answer(self, problem: Problem, receive: Receive) -> None:
        await problem.response(self._trace.trace_id)(self._scope, receive, self._sent)

    async def _in_time(self, message: Message) -> None:
        # The limit is for the first byte: a stream of events may last.
        if message["type"] == "http.response.start":
            self._limit.reschedule(None)
        await self._sent(message)

    async def _sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = list(message.get("headers", ()))
            there = {name for name, _ in headers}
            headers += [header for header in SECURITY_HEADERS if header[0] not in there]
            headers.append((b"traceparent", self._trace.traceparent.encode()))
            message["headers"] = headers
        await self._send(message)

    def _note(self, took: float) -> None:
        route = _route(self._scope)
        method = self._scope["method"]
        service = self._rules.service
        requests.labels(service, method, route, str(self._status)).inc()
        seconds.labels(service, route).observe(took)
        log.info("request", method=method, route=route, status=self._status, ms=round(took * 1000, 2))


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))


def _route(scope: Scope) -> str:
    # The template, never the path itself: a path may hold a receipt code.
    return str(getattr(scope.get("route"), "path", "unmatched"))
