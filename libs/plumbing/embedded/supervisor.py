"""Keeps parts running, in the order of their needs, and leaves nothing behind when it ends, however it ends."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.keeper import Keeper
from libs.plumbing.embedded.logfiles import trim
from libs.plumbing.embedded.parts import Part, levels
from libs.plumbing.embedded.patience import Patience
from libs.plumbing.embedded.status import Board

_STOP_WITHIN = 9.0
_PATIENCE = Patience()
_log = structlog.get_logger("supervisor")


class Supervisor:
    """Parts of one data folder. Make and run it inside the event loop of a thread that outlives the parts."""

    def __init__(
        self,
        parts: Sequence[Part],
        data: DataDir,
        patience: Patience = _PATIENCE,
        when_up: Callable[[], None] | None = None,
    ) -> None:
        """`when_up` is called once, when every part is up. Raises `EmbeddedError` when the needs cannot be met."""
        self._levels = levels(parts)
        board = Board(data.status, [part.name for part in parts])
        self._keepers = {
            part.name: Keeper(part, data.logs / f"{part.name}.log", board, patience) for part in parts
        }
        self._stop = asyncio.Event()
        self._when_up = when_up
        self.board = board

    async def run(self) -> int:
        """Run until `request_stop` (answers 0) or until a part is given up (says why on stderr, answers 1)."""
        began = time.monotonic()
        keeping = {name: asyncio.create_task(self._keep(keeper)) for name, keeper in self._keepers.items()}
        tending = asyncio.create_task(_tend([keeper.log_file for keeper in self._keepers.values()]))
        telling = asyncio.create_task(self._tell_when_up(began))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({*keeping.values(), stopping}, return_when="FIRST_COMPLETED")
            return self._verdict(list(keeping.values()))
        finally:
            await _cancelled([*keeping.values(), tending, telling, stopping])
            await self._stop_all()

    async def wait_up(self) -> None:
        """Return once every part is up."""
        for keeper in self._keepers.values():
            await keeper.up.wait()

    def request_stop(self) -> None:
        """Begin to stop everything; `run` returns within 10 seconds."""
        self._stop.set()

    def part_log(self, name: str) -> Path:
        """The log file of a part."""
        return self._keepers[name].log_file

    async def _keep(self, keeper: Keeper) -> None:
        await keeper.keep([self._keepers[need] for need in keeper.part.needs])

    async def _tell_when_up(self, began: float) -> None:
        await self.wait_up()
        _log.info("all parts are up", after_s=round(time.monotonic() - began, 2))
        if self._when_up:
            self._when_up()

    def _verdict(self, keeping: list[asyncio.Task[None]]) -> int:
        failed = [task.exception() for task in keeping if task.done()]
        for failure in failed:
            sys.stderr.write(f"banjie: {failure}\n")
            _log.error("given up", error=str(failure))
        return 1 if failed else 0

    async def _stop_all(self) -> None:
        """From the top down: who needs others goes before them. Late ones leave less time to the rest, never none."""
        end = time.monotonic() + _STOP_WITHIN
        for level in sorted(set(self._levels.values()), reverse=True):
            share = max(0.5, (end - time.monotonic()) / (level + 1))
            here = [keeper for name, keeper in self._keepers.items() if self._levels[name] == level]
            await asyncio.gather(*(keeper.stop(min(keeper.part.stop_timeout, share)) for keeper in here))


def supervise(
    parts: Sequence[Part],
    data: DataDir,
    patience: Patience = _PATIENCE,
    when_up: Callable[[], None] | None = None,
) -> int:
    """Run the parts in the foreground until TERM or INT; the exit code. Call it on the main thread.

    Raises `EmbeddedError` when another supervisor holds the folder.
    """
    with data.hold():
        return asyncio.run(_supervised(lambda: Supervisor(parts, data, patience, when_up)))


async def _supervised(make: Callable[[], Supervisor]) -> int:
    supervisor = make()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, supervisor.request_stop)
    return await supervisor.run()


async def _cancelled(tasks: Sequence[asyncio.Task[None] | asyncio.Task[bool]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def _tend(logs: Sequence[Path]) -> None:
    while True:
        for log in logs:
            trim(log)
        await asyncio.sleep(10)
