"""Locks between processes. The kernel lets go of them when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libs.plumbing.embedded.errors import EmbeddedError


@contextmanager
def waiting_lock(file: Path) -> Iterator[None]:
    """Wait until nobody else holds `file`, then hold it."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def sole_lock(file: Path, held: str) -> Iterator[None]:
    """Hold `file` or raise `EmbeddedError`: `held`, with the pid of the holder."""
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise EmbeddedError(f"{held} (pid {handle.read().strip() or 'unknown'})") from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
