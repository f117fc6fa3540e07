"""One child process: dies with us, leads its own group, and can always be ended."""

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from libs.plumbing.embedded.logfiles import open_log

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A started process. Made by `start`, on the thread that outlives it: the kernel ties its life to that thread."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Wrap a process that leads its own session."""
        self._process = process

    @classmethod
    async def start(cls, command: Sequence[str], env: Mapping[str, str], log: Path) -> "Child":
        """Start `command` with `env` added to the environment, both outputs appended to `log`."""
        parent = os.getpid()
        with open_log(log) as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=os.environ | dict(env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: _die_with(parent),
            )
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id, also that of its group."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Exit code, negative signal number, or `None` while it lives."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end; kill what it may have left in its group; answer the exit code."""
        code = await self._process.wait()
        self._signal(signal.SIGKILL)
        return code

    async def ended_within(self, seconds: float) -> bool:
        """Whether it has ended by then."""
        try:
            await asyncio.wait_for(self.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def stop(self, patience: float) -> int:
        """TERM, and KILL after `patience` seconds. A stopped (SIGSTOP) process cannot hear TERM: KILL ends it."""
        self._signal(signal.SIGTERM)
        if not await self.ended_within(patience):
            self._signal(signal.SIGKILL)
        return await self.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def _die_with(parent: int) -> None:
    """In the new process, before its program starts: be killed when the supervisor dies, even by kill -9."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
