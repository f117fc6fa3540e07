"""Commands that arrive within the same moment are run as one batch: one read of their cases and keys instead of many."""

import asyncio
from collections.abc import Sequence

from libs.stages.commands import Command, Desk
from libs.stages.outcome import Outcome

WINDOW_S = 0.001
MOST = 200


class Gathered:
    """A desk before the desk, for many callers with one command each. Seconds; at most so many commands a batch."""

    def __init__(self, desk: Desk, window_s: float = WINDOW_S, most: int = MOST) -> None:
        self._desk, self._window_s, self._most = desk, window_s, most
        self._waiting: list[tuple[Command, asyncio.Future[Outcome]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        """One outcome for each command, in order. A caller that gives up leaves its command to be carried out."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_later(self._window_s, self._send)
        answers: list[asyncio.Future[Outcome]] = [loop.create_future() for _ in commands]
        self._waiting += zip(commands, answers, strict=True)
        if len(self._waiting) >= self._most:
            self._send()
        return [await asyncio.shield(answer) for answer in answers]

    def _send(self) -> None:
        batch, self._waiting = self._waiting, []
        if batch:
            task = asyncio.create_task(self._carry(batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _carry(self, batch: Sequence[tuple[Command, "asyncio.Future[Outcome]"]]) -> None:
        try:
            outcomes = await self._desk.run([command for command, _ in batch])
        except Exception as error:
            await self._apart(batch, error)
            return
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if not answer.done():
                answer.set_result(outcome)

    async def _apart(
        self, batch: Sequence[tuple[Command, "asyncio.Future[Outcome]"]], error: Exception
    ) -> None:
        """Nobody fails for a neighbour: alone, each gets its own answer or its own error."""
        if len(batch) == 1:
            answer = batch[0][1]
            if not answer.done():
                answer.set_exception(error)
            return
        for each in batch:
            await self._carry([each])
