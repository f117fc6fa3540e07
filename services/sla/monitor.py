"""The monitor: one of several leads by lease, fires what is due, and sweeps beside it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from libs.casestore.committer import StoreAway
from libs.plumbing.backoff import Backoff
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.ends import UNEXPECTED, hard_exit
from libs.plumbing.leases import Leases, while_held
from libs.plumbing.logs import logger
from services.sla.firing import Firing
from services.sla.rows import Rows
from services.sla.state import State
from services.sla.sweep import PAUSE_S, Sweep

LEASE = "monitor:sla"
LEASE_S = 3.0
"""Short, since two that lead for a moment do no harm: what both say is said once."""
LOOK_S = 0.25
"""How long a row that somebody has just written may go unseen."""
REST_S = 10.0
YOUNG_US = 60_000_000
"""So long the news of a change may be under way before the sweep reads the case: else a rush is read twice."""
log = logger(__name__)


class Monitor:
    """Takes part in the lease while it runs. `clock` gives µs UTC."""

    def __init__(
        self,
        leases: Leases,
        rows: Rows,
        firing: Firing,
        sweep: Sweep,
        clock: Callable[[], int],
        state: State,
    ) -> None:
        self._leases, self._rows, self._firing, self._sweep = leases, rows, firing, sweep
        self._clock, self._state = clock, state
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, and return at once."""
        held = while_held(self._leases, LEASE, secrets.token_hex(8), self._lead, LEASE_S)
        self._task = asyncio.create_task(held, name=LEASE)
        self._task.add_done_callback(_ended)

    async def stop(self) -> None:
        """Hand over at once."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ready(self) -> str:
        """A line for `/readyz`."""
        return self._state.ready()

    async def _lead(self, epoch: int) -> None:
        self._state.became(epoch)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._surely(self._fire))
                both.create_task(self._surely(self._go_round))
        finally:
            self._state.became(None)

    async def _fire(self) -> None:
        while True:
            looked_at = await self._firing.once()
            self._state.waiting = None
            if not looked_at and not await self._firing.think():
                await asyncio.sleep(await self._until_next())

    async def _until_next(self) -> float:
        """Seconds until the next instant, at most until the next look."""
        at = await self._rows.next_at()
        left = None if at is None else (at - self._clock()) / 1_000_000
        self._state.idle(left)
        return LOOK_S if left is None else min(max(left, 0.0), LOOK_S)

    async def _go_round(self) -> None:
        pause = 0.0
        while True:
            healed = await self._sweep.round(self._clock() - YOUNG_US, pause)
            if healed:
                log.warning("rows_healed", rows=healed)
            pause = PAUSE_S
            await asyncio.sleep(REST_S)

    async def _surely(self, work: Callable[[], Awaitable[None]]) -> None:
        """For ever: wait while MongoDB is away, end the process for what nobody understands."""
        backoff = Backoff()
        while True:
            try:
                await work()
            except Exception as error:
                if not (dependency_away(error) or isinstance(error, StoreAway)):
                    log.critical("monitor_failed", exc_info=error)
                    hard_exit(UNEXPECTED)
                self._state.waiting = type(error).__name__
                log.warning("monitor_waits", error=type(error).__name__)
            await asyncio.sleep(backoff.wait())


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("monitor_failed", exc_info=error)
        hard_exit(UNEXPECTED)
