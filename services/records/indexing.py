"""Keeps the search index: follows the log a little behind it, outside the path of the cases, and steps back while much goes on."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from time import perf_counter
from uuid import UUID

from libs.casestore.committer import StoreAway
from libs.casestore.searching import SearchIndex, SearchKey
from libs.casestore.store import CaseStore
from libs.casestore.tail import Tail
from libs.plumbing.backoff import Backoff
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.ends import UNEXPECTED, hard_exit
from libs.plumbing.leases import Leases, while_held
from libs.plumbing.logs import logger
from services.records.words import Words

LEASE = "search:records"
LEASE_S = 10.0
BEHIND_US = 10_000_000
"""No entry appears any more that is older: a transaction lives five seconds. And a case that goes from step to step is read once."""
LOOK_S = 2.0
MOST_CASES = 100
BUSY = 500
"""Entries in the ten seconds that are not read yet: from here on the pipeline needs the machine."""
SHARE = 0.05
"""Of one core, while it does."""
log = logger(__name__)


class Indexer:
    """Reads the words of cases that have changed and puts their tokens. `clock` gives µs UTC."""

    def __init__(
        self, store: CaseStore, words: Words, index: SearchIndex, tail: Tail, master_key: bytes
    ) -> None:
        self._store, self._words, self._index, self._tail = store, words, index, tail
        self._master_key = master_key
        self._keys: dict[str, SearchKey] = {}

    async def once(self, until: int) -> bool:
        """One stretch of the log up to `until` (µs UTC); False when there is nothing left of it."""
        place = await self._tail.place()
        stretch = await self._tail.after(place, until)
        if not stretch.seqs:
            return False
        known = await self._index.seqs(stretch.seqs)
        busy = await self._tail.more_than(BUSY, until)
        behind = [case_id for case_id, seq in stretch.seqs.items() if known.get(case_id, 0) < seq]
        for first in range(0, len(behind), MOST_CASES):
            begun = perf_counter()
            await self._read(behind[first : first + MOST_CASES])
            if busy:
                await asyncio.sleep((perf_counter() - begun) * (1 / SHARE - 1))
        await self._tail.reached(stretch.end)
        return stretch.end != place

    async def _read(self, case_ids: Sequence[UUID]) -> None:
        cases, texts = await self._store.load_readable(case_ids), await self._words.of(case_ids)
        await self._index.put(
            [self._key(case.office).row(case, texts.get(case.id, ())) for case in cases.values()]
        )

    def _key(self, office: str) -> SearchKey:
        return self._keys.setdefault(office, SearchKey(self._master_key, office))


class Indexing:
    """Takes part in the lease while it runs, beside the service's worker."""

    def __init__(self, leases: Leases, indexer: Indexer, clock: Callable[[], int]) -> None:
        self._leases, self._indexer, self._clock = leases, indexer, clock
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
        return "keeps the search index"

    async def _lead(self, epoch: int) -> None:
        backoff = Backoff()
        while True:
            try:
                more = await self._indexer.once(self._clock() - BEHIND_US)
                await asyncio.sleep(0 if more else LOOK_S)
                backoff = Backoff()
            except Exception as error:
                if not (dependency_away(error) or isinstance(error, StoreAway)):
                    raise
                log.warning("indexing_waits", error=type(error).__name__)
                await asyncio.sleep(backoff.wait())


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("indexing_failed", exc_info=error)
        hard_exit(UNEXPECTED)
