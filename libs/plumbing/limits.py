"""How much one caller may send: bytes a request, requests a minute."""

import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import Message, Receive, Scope

from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def body_limit(size: int) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint (below the route decorator) as taking bodies of up to `size` bytes."""

    def marked(endpoint: Endpoint) -> Endpoint:
        endpoint.banjie_body_limit = size  # type: ignore[attr-defined]
        return endpoint

    return marked


class CountedBody:
    """`receive` that stops at the endpoint's limit with a 413. Asked late: the endpoint is known after routing."""

    __slots__ = ("_declared", "_receive", "_scope", "_seen", "_usual")

    def __init__(self, scope: Scope, receive: Receive, usual: int, declared: int) -> None:
        self._scope, self._receive, self._usual, self._declared = scope, receive, usual, declared
        self._seen = 0

    async def __call__(self) -> Message:
        limit = getattr(self._scope.get("endpoint"), "banjie_body_limit", self._usual)
        if self._declared > limit:
            raise _too_large(limit)
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > limit:
            raise _too_large(limit)
        return message


def _too_large(limit: int) -> Problem:
    return Problem("too_large", f"at most {limit} bytes", limit=limit, headers={"Connection": "close"})


class RateLimits:
    """Requests a window, counted in this process per principal, or per address without one."""

    def __init__(self, of_principal: str, of_address: str) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._of_principal: RateLimitItem = parse(of_principal)
        self._of_address: RateLimitItem = parse(of_address)

    def refused(self, principal: object, address: str) -> Problem | None:
        """None and counted, or the 429 to answer."""
        if isinstance(principal, Principal):
            return self._hit(self._of_principal, f"p:{principal.id}")
        return self._hit(self._of_address, f"a:{address}")

    def _hit(self, item: RateLimitItem, who: str) -> Problem | None:
        if self._limiter.hit(item, who):
            return None
        wait = self._limiter.get_window_stats(item, who).reset_time - time.time()
        return Problem(
            "too_many_requests", f"at most {item}", headers={"Retry-After": str(max(1, math.ceil(wait)))}
        )
