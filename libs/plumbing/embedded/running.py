"""Both servers from plain, synchronous code: for tests, benchmarks and tools that want a real database and broker."""

import asyncio
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.stack import Endpoints, ServerOptions, choose_endpoints, embedded_servers
from libs.plumbing.embedded.supervisor import Supervisor

_OPTIONS = ServerOptions()


@dataclass(frozen=True, kw_only=True)
class RunningServers(Endpoints):
    """MongoDB and Kafka kept by a supervisor on a thread of its own: how to reach them, and ways to hurt them.

    Servers are named `mongod` and `kafka`. The calls block: from async code use `asyncio.to_thread`.
    """

    data: DataDir
    thread: "SupervisorThread" = field(repr=False)

    def pid(self, name: str) -> int:
        """The process id of a server that runs. Raises `EmbeddedError` while it does not."""
        pid = self.thread.supervisor.board.parts[name].pid
        if pid is None:
            raise EmbeddedError(f"{name} does not run")
        return pid

    def kill(self, name: str) -> None:
        """Kill -9 a server; it is started again. Returns when the supervisor has noticed."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        self._until_replaced(name, pid, seconds=10)

    def restart(self, name: str) -> None:
        """Kill -9 a server and wait until it serves again."""
        self.kill(name)
        self.wait_up()

    def freeze(self, name: str) -> None:
        """SIGSTOP a server: it is there and does not answer."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT after `freeze`."""
        os.kill(self.pid(name), signal.SIGCONT)

    def empty_kafka(self) -> None:
        """Delete the broker's data under its feet and wait until it serves again, empty."""
        pid = self.pid("kafka")
        shutil.rmtree(self.data.kafka, ignore_errors=True)
        self._until_replaced("kafka", pid, seconds=30)
        self.wait_up()

    def wait_up(self, seconds: float = 60) -> None:
        """Return when both serve; raises `TimeoutError` otherwise."""
        self.thread.wait_up(seconds)

    def _until_replaced(self, name: str, pid: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.thread.supervisor.board.parts[name].pid == pid:
            if time.monotonic() > end:
                raise TimeoutError(f"{name} (pid {pid}) is still there")
            time.sleep(0.01)


@contextmanager
def running_servers(
    root: Path, options: ServerOptions = _OPTIONS, cache: Path | None = None
) -> Iterator[RunningServers]:
    """Start both on the data folder `root` (made when missing), wait until they serve, stop them at the end."""
    servers = ensure_servers(cache or default_cache())
    data = DataDir(root)
    with data.hold():
        reach = choose_endpoints(data)
        thread = SupervisorThread(lambda: Supervisor(embedded_servers(data, servers, reach, options), data))
        running = RunningServers(**vars(reach), data=data, thread=thread)
        try:
            running.wait_up()
            yield running
        finally:
            thread.stop()


class SupervisorThread:
    """A supervisor on its own event loop. The kernel ends its children with the thread, so it outlives them."""

    def __init__(self, make: Callable[[], Supervisor]) -> None:
        """Start the supervisor that `make` makes; `make` is called inside the event loop."""
        self._started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(make),), daemon=True)
        self._thread.start()
        self._started.wait()

    async def _run(self, make: Callable[[], Supervisor]) -> None:
        self.loop = asyncio.get_running_loop()
        self.supervisor = make()
        self._life = asyncio.create_task(self.supervisor.run())
        self._started.set()
        await self._life

    async def _up_or_over(self) -> None:
        up = asyncio.create_task(self.supervisor.wait_up())
        await asyncio.wait({up, self._life}, return_when="FIRST_COMPLETED")
        if not up.done():
            up.cancel()
            raise EmbeddedError("the servers were given up: their logs say why")

    def wait_up(self, seconds: float) -> None:
        """Return when every part is up; raises `TimeoutError`, or `EmbeddedError` when a part was given up."""
        asyncio.run_coroutine_threadsafe(self._up_or_over(), self.loop).result(seconds)

    def stop(self) -> None:
        """Stop every part and the thread."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.supervisor.request_stop)
        self._thread.join(15)
