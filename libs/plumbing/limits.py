"""How much one caller may send: bytes a request, requests a minute."""

import math
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from limits import RateLimitItem, parse
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
    """Requests a window, counted in this process per principal, or per address without one.

    Rates are read by `limits`; the counting is ours, because its memory storage starts a thread every 10 ms, which
    cost as much as the rest of the guard. Windows begin with a caller's first request.
    """

    def __init__(
        self,
        of_principal: str,
        of_address: str,
        clock: Callable[[], float] = monotonic,
        remember: int = 50_000,
    ) -> None:
        self._of_principal, self._of_address = parse(of_principal), parse(of_address)
        self._clock, self._remember = clock, remember
        self._windows: dict[str, _Window] = {}

    def refused(self, principal: object, address: str) -> Problem | None:
        """None and counted, or the 429 to answer."""
        if isinstance(principal, Principal):
            return self._hit(self._of_principal, f"p:{principal.id}")
        return self._hit(self._of_address, f"a:{address}")

    def _hit(self, item: RateLimitItem, who: str) -> Problem | None:
        now = self._clock()
        window = self._windows.get(who)
        if window is None or window.ends <= now:
            self._forget(now)
            window = self._windows[who] = _Window(now + item.get_expiry())
        window.count += 1
        if window.count <= item.amount:
            return None
        wait = {"Retry-After": str(max(1, math.ceil(window.ends - now)))}
        return Problem("too_many_requests", f"at most {item}", headers=wait)

    def _forget(self, now: float) -> None:
        if len(self._windows) < self._remember:
            return
        self._windows = {who: window for who, window in self._windows.items() if window.ends > now}
        if len(self._windows) >= self._remember:
            # Everybody is new: somebody makes up addresses. Counting afresh beats running out of memory.
            self._windows.clear()


class _Window:
    __slots__ = ("count", "ends")

    def __init__(self, ends: float) -> None:
        self.count, self.ends = 0, ends
