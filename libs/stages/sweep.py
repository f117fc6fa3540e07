"""The sweep: cases that await a service although no news came. So nothing is stuck because a record was lost.

One copy by lease. It is silent while the worker's lag is high (the news is only late), passes over what is younger than
a few seconds (the news is on its way), and tries a case that does not move less and less often.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from time import monotonic

from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.ends import UNEXPECTED, hard_exit
from libs.plumbing.leases import Leases, while_held
from libs.plumbing.logs import logger
from libs.plumbing.mongo import Document
from libs.plumbing.telemetry import counter
from libs.stages.reactor import Reactor

EVERY_S = 3.0
YOUNG_US = 5_000_000
MOST = 200
HIGH_LAG = 500
LONGEST_WAIT_S = 300.0
log = logger(__name__)
swept = counter("cases_swept", "Cases that the news had missed and the sweep moved on")


class Patience:
    """How long to leave a case alone that did not move: doubling from the sweep's own beat to five minutes."""

    def __init__(self) -> None:
        self._next: dict[tuple[object, int], tuple[float, float]] = {}

    def due(self, case: Case, now: float) -> bool:
        """Whether the case may be tried at `now` (seconds, monotonic)."""
        return self._next.get((case.id, case.seq), (0.0, 0.0))[0] <= now

    def tried(self, cases: Sequence[Case], seen: Sequence[Case], now: float) -> None:
        """Note an attempt at `cases`; forget all that was not `seen`, since it has moved on."""
        for case in cases:
            wait = self._longer((case.id, case.seq))
            self._next[case.id, case.seq] = (now + wait, wait)
        still = {(case.id, case.seq) for case in seen}
        self._next = {each: when for each, when in self._next.items() if each in still}

    def _longer(self, each: tuple[object, int]) -> float:
        return min(max(self._next.get(each, (0.0, 0.0))[1] * 2, EVERY_S), LONGEST_WAIT_S)


class Sweep:
    """Looks every few seconds, for one service."""

    def __init__(
        self,
        service: Service,
        store: CaseStore,
        database: AsyncDatabase[Document],
        reactor: Reactor,
        lag: Callable[[], int],
    ) -> None:
        self._service, self._store, self._reactor, self._lag = service, store, reactor, lag
        self._leases = Leases(database)
        self._patience = Patience()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look whenever this copy holds the lease."""
        name = f"sweep:{self._service}"
        held = while_held(self._leases, name, secrets.token_hex(8), self._look)
        self._task = asyncio.create_task(held, name=name)

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def once(self) -> int:
        """Look once; returns how many cases moved on."""
        if self._lag() > HIGH_LAG:
            return 0
        old = await self._store.awaiting(self._service, now_us() - YOUNG_US, MOST)
        now = monotonic()
        due = [case for case in old if self._patience.due(case, now)]
        moved = await self._reactor.act_on(due) if due else 0
        self._patience.tried(due, old, now)
        return moved

    async def _look(self, epoch: int) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                moved = await self.once()
            except Exception as error:
                if not dependency_away(error):
                    log.critical("sweep_failed", exc_info=error)
                    hard_exit(UNEXPECTED)
                log.warning("sweep_waits", error=type(error).__name__)
                continue
            if moved:
                swept.labels(self._service).inc(moved)
                log.warning("sweep_moved_cases", cases=moved)
