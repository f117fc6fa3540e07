"""Reading the log with several processes: how each connects, and a pool that leaves Ctrl-C to whoever started it."""

import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple

from pymongo import MongoClient


class Where(NamedTuple):
    """How each process connects: address and options (they may hold a password; never printed)."""

    uri: str
    options: Mapping[str, Any]
    database: str


def connect(where: Where) -> MongoClient[dict[str, Any]]:
    """A client of one's own."""
    return MongoClient(where.uri, uuidRepresentation="standard", **where.options)


@contextmanager
def processes(
    workers: int, ready: Callable[..., None] | None = None, *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """Processes that leave Ctrl-C to us; an interruption drops what was not begun. Each calls `ready(*given)` first."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_begin, initargs=(ready, *given)) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _begin(ready: Callable[..., None] | None, *given: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if ready:
        ready(*given)
