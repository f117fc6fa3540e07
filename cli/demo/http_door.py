"""The HTTP doors as the people of a story use them. What does not answer is asked again under the same key."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx

from cli.operator import problem_line

AGAIN_S = 0.15
_PASSING = frozenset({429, 502, 503, 504})


class Stuck(Exception):
    """A step that did not come about: refused, or not in time. The message is one line."""


class HttpDoor:
    """The doors at `url` for everybody who has a key in `keys`; nobody (None) asks as a resident."""

    def __init__(self, url: str, keys: Mapping[str, str], patience_s: float) -> None:
        # Never through a proxy: it would be told the keys.
        self._client = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)
        self._keys, self._patience_s = keys, patience_s

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def get(self, path: str, who: str | None, headers: Mapping[str, str] | None = None) -> Any:
        """What stands there. Raises `Stuck`."""
        return await self._asked("GET", path, who, dict(headers or {}))

    async def post(self, path: str, who: str | None, key: str, **content: Any) -> Any:
        """Send under an idempotency key, so that a second time does nothing. Raises `Stuck`."""
        return await self._asked("POST", path, who, {"Idempotency-Key": key}, **content)

    async def _asked(
        self, method: str, path: str, who: str | None, headers: dict[str, str], **content: Any
    ) -> Any:
        if who and who in self._keys:
            headers["Authorization"] = f"Bearer {self._keys[who]}"
        end = time.monotonic() + self._patience_s
        while True:
            answer = await self._tried(method, path, headers, content)
            if isinstance(answer, httpx.Response) and answer.is_success:
                return answer.json()
            if not _may_pass(answer) or time.monotonic() > end:
                raise Stuck(f"{method} {path}: {_why(answer)}")
            await asyncio.sleep(AGAIN_S)

    async def _tried(
        self, method: str, path: str, headers: dict[str, str], content: dict[str, Any]
    ) -> httpx.Response | httpx.TransportError:
        try:
            return await self._client.request(method, path, headers=headers, **content)
        except httpx.TransportError as error:
            return error


def _may_pass(answer: httpx.Response | httpx.TransportError) -> bool:
    return isinstance(answer, httpx.TransportError) or answer.status_code in _PASSING


def _why(answer: httpx.Response | httpx.TransportError) -> str:
    return problem_line(answer) if isinstance(answer, httpx.Response) else type(answer).__name__
