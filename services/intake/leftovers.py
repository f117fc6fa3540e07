"""Photos that belong to no case any more: it never came to be, or it was erased. One copy looks, by lease."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from libs.casestore.photos import PhotoStore
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.leases import Leases, while_held
from libs.plumbing.logs import logger
from libs.plumbing.telemetry import counter

EVERY_S = 6 * 3600.0
YOUNG = timedelta(days=1)
"""A photo is stored before its case; by then the case is there or never will be."""
NAME = "photos:sweep"
log = logger(__name__)
removed = counter("intake_photos_removed", "Photos removed that belong to no case any more")


class PhotoSweep:
    """Looks when it takes the lease, and every six hours then. `clock` gives µs UTC."""

    def __init__(self, photos: PhotoStore, leases: Leases, clock: Callable[[], int]) -> None:
        self._photos, self._leases, self._clock = photos, leases, clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look whenever this copy holds the lease."""
        held = while_held(self._leases, NAME, secrets.token_hex(8), self._look)
        self._task = asyncio.create_task(held, name=NAME)

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ready(self) -> str:
        """A line for `/readyz`; nobody's report depends on it."""
        return "photos are swept"

    async def once(self) -> int:
        """Look once; returns how many were removed."""
        now = datetime.fromtimestamp(self._clock() / 1_000_000, UTC)
        return await self._photos.sweep(now - YOUNG)

    async def _look(self, epoch: int) -> None:
        while True:
            try:
                gone = await self.once()
            except Exception as error:
                if not dependency_away(error):
                    # Nothing depends on it: the next look is soon enough, and the log says what to mend.
                    log.error("photo_sweep_failed", exc_info=error)
                else:
                    log.warning("photo_sweep_waits", error=type(error).__name__)
                gone = 0
            if gone:
                removed.labels("intake").inc(gone)
                log.info("photos_swept", photos=gone)
            await asyncio.sleep(EVERY_S)
