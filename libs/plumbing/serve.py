"""Serve an ASGI application until SIGTERM or SIGINT."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from libs.plumbing.ends import RefusedToStartError, exit_within

GRACE_S = 2
GONE_WITHIN_S = 4.5


class PortTakenError(RefusedToStartError):
    """Another process listens on the port; the message names both."""


async def serve(app: ASGIApp, host: str, port: int, proxies: str = "") -> None:
    """Serve with httptools. Only `proxies` (addresses, or `*`) are believed when they say for whom they ask. On SIGTERM finish what runs (at most two seconds), close the lifespan, return.

    Whatever happens then, the process is gone within 4.5 s. `PortTakenError` when the port is taken,
    `RuntimeError` when the application's lifespan fails.
    """
    listening = bound(host, port)
    config = uvicorn.Config(
        app,
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        # uvicorn's own default believes everybody on this machine: any caller could be anybody to the rate limits.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=GRACE_S,
        lifespan="on",
    )
    server = _Server(config)
    try:
        await server.serve(sockets=[listening])
    finally:
        listening.close()
    if not server.started:
        raise RuntimeError("the application did not start; the line before says why")


class _Server(uvicorn.Server):
    """uvicorn's own handling raises the signal again at the end, so that a clean stop looks like a death."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with until_signalled() as stop:
            stop.add_done_callback(lambda _: setattr(self, "should_exit", True))
            yield


@contextmanager
def until_signalled() -> Iterator["asyncio.Future[None]"]:
    """A future that is done at the first SIGTERM or SIGINT; from then on the process has 4.5 s."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[None] = loop.create_future()

    def signalled() -> None:
        if not stop.done():
            stop.set_result(None)
            exit_within(GONE_WITHIN_S)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def bound(host: str, port: int) -> socket.socket:
    """A listening socket; `PortTakenError` with one plain line when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortTakenError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    listening.listen(2048)
    listening.setblocking(False)
    return listening
