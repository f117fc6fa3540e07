"""Which topics a worker listens to, and whether they are still the same."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from libs.plumbing.backoff import Backoff
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.logs import logger
from libs.plumbing.records import Route
from libs.plumbing.topics import Topics

EVERY_S = 5.0
log = logger(__name__)


class TopicWatch:
    """Waits for the topics at start; tells when a door is added or the broker was emptied."""

    def __init__(
        self, topics: Topics, routes: Sequence[Route], on_change: Callable[[], Awaitable[None]]
    ) -> None:
        self._topics, self._routes, self._on_change = topics, routes, on_change
        self._ids: dict[str, UUID] = {}

    @property
    def listening(self) -> frozenset[str]:
        """The topics of all routes, as found at start."""
        return frozenset(self._ids)

    async def begin(self) -> list[tuple[str, ...]]:
        """The topics of each route, once all of them exist: Faust would ignore a missing one and say it is ready."""
        backoff = Backoff()
        while True:
            try:
                wanted = await self._wanted()
                self._ids = await self._topics.ids({name for topics in wanted for name in topics})
                missing = sorted({name for topics in wanted for name in topics} - set(self._ids))
                if not missing:
                    return wanted
                log.warning("waiting_for_topics", missing=missing)
            except Exception as error:
                self._note(error)
            await asyncio.sleep(backoff.wait())

    async def run(self) -> None:
        """Look again every five seconds."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self._compare()
            except Exception as error:
                self._note(error)

    async def _compare(self) -> None:
        wanted = {name for topics in await self._wanted() for name in topics}
        ids = await self._topics.ids(wanted)
        if ids == self._ids and wanted == self.listening:
            return
        changed = sorted(name for name in wanted | self.listening if ids.get(name) != self._ids.get(name))
        log.warning("topics_changed", changed=changed)
        await self._on_change()

    async def _wanted(self) -> list[tuple[str, ...]]:
        return [await route.listening() for route in self._routes]

    def _note(self, error: Exception) -> None:
        if not dependency_away(error):
            raise error
        log.warning("waiting_for_kafka", error=type(error).__name__)
