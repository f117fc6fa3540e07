"""Serve an ASGI application until SIGTERM or SIGINT."""

import socket

import uvicorn
from starlette.types import ASGIApp

STOP_WITHIN_S = 3


class PortTakenError(OSError):
    """Another process listens on the port; the message names both."""


async def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve with uvloop and httptools; on SIGTERM finish what runs, at most three seconds, and return."""
    listening = bound(host, port)
    config = uvicorn.Config(
        app,
        loop="none",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    try:
        await server.serve(sockets=[listening])
    finally:
        listening.close()
    if not server.started:
        raise RuntimeError("the application did not start; the line before says why")


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
