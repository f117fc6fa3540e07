"""Keeps one part alive: waits for what it needs, starts it, waits until it is ready, starts it again when it dies."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from libs.plumbing.embedded.child import Child
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.logfiles import last_lines
from libs.plumbing.embedded.parts import Part, State
from libs.plumbing.embedded.patience import Deaths, Patience
from libs.plumbing.embedded.status import Board

_POLL = 0.05
_HEALTH_POLL = 1.0


class Keeper:
    """One part and the process that is it at the moment."""

    def __init__(self, part: Part, log: Path, board: Board, patience: Patience) -> None:
        """`log` is the file that the part's output goes to."""
        self.part, self.log_file = part, log
        self.up = asyncio.Event()
        self._board = board
        self._deaths = Deaths(patience)
        self._child: Child | None = None
        self._starts = 0
        self._log = structlog.get_logger("supervisor").bind(part=part.name)

    async def keep(self, needs: Sequence["Keeper"]) -> None:
        """Run the part again and again until cancelled. Raises `EmbeddedError` when patience is at its end."""
        while True:
            for need in needs:
                await need.up.wait()
            began = time.monotonic()
            code = await self._live()
            lived = time.monotonic() - began
            self._board.change(self.part.name, State.WAITING, pid=None, last_exit=code)
            delay = self._deaths.after(time.monotonic(), lived, code)
            if delay is None:
                raise EmbeddedError(self._why_given_up())
            self._log.warning("part ended", code=code, lived_s=round(lived, 1), again_in_s=delay)
            await asyncio.sleep(delay)

    async def stop(self, patience: float) -> None:
        """End the process, however it is (call it after `keep` was cancelled)."""
        self.up.clear()
        if self._child:
            code = await self._child.stop(patience)
            self._child = None
            self._board.change(self.part.name, State.STOPPED, pid=None, last_exit=code)
        elif self._board.parts[self.part.name].state is not State.FAILED:
            self._board.change(self.part.name, State.STOPPED)

    async def _live(self) -> int | None:
        """From preparation to death; the exit code, or `None` when it never became a process."""
        try:
            await self._start()
        except EmbeddedError:
            raise
        except Exception as failed:  # a hook or the program itself: counts as a death, tried again
            self._log.error("part cannot start", error=repr(failed)[:300])
            return None
        assert self._child
        if await self._becomes_ready(self._child):
            self._board.change(self.part.name, State.UP)
            self.up.set()
            await self._until_unhealthy(self._child)
        self.up.clear()
        code = await self._child.stop(self.part.stop_timeout)
        self._child = None
        return code

    async def _start(self) -> None:
        await self.part.prepare()
        self._child = await Child.start(self.part.command(), self.part.env, self.log_file)
        self._board.change(self.part.name, State.STARTING, pid=self._child.pid, restarts=self._starts)
        self._starts += 1

    async def _becomes_ready(self, child: Child) -> bool:
        """Whether hooks said so before the process died or its time was over."""
        settled = asyncio.create_task(self._settle())
        ended = asyncio.create_task(child.wait())
        try:
            await asyncio.wait(
                {settled, ended}, timeout=self.part.ready_timeout, return_when="FIRST_COMPLETED"
            )
            if settled.done():
                settled.result()  # an EmbeddedError goes on from here
            elif not ended.done():
                self._log.error("part is not ready in time", timeout_s=self.part.ready_timeout)
            return settled.done() and not ended.done()
        finally:
            settled.cancel()
            ended.cancel()

    async def _until_unhealthy(self, child: Child) -> None:
        """Return when the process has died, or does not serve its purpose any more."""
        while not await child.ended_within(_HEALTH_POLL):
            if not await self.part.healthy():
                self._log.error("part is not healthy")
                return

    async def _settle(self) -> None:
        failure = ""
        while True:
            try:
                if await self.part.ready():
                    await self.part.after_ready()
                    return
            except EmbeddedError:
                raise
            except Exception as failed:  # tried again until the time is over; said once
                if failure != (failure := repr(failed)[:300]):
                    self._log.warning("part is not ready yet", error=failure)
            await asyncio.sleep(_POLL)

    def _why_given_up(self) -> str:
        self._board.change(self.part.name, State.FAILED)
        patience = self._deaths.patience
        lines = "\n".join(f"  {line}" for line in last_lines(self.log_file))
        return (
            f"{self.part.name} died {patience.deaths} times within {patience.window:.0f} s, given up; "
            f"last lines of {self.log_file}:\n{lines}"
        )
