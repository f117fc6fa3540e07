"""One of several relays: on standby until the lease is ours, then active until it is not."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from pymongo.errors import PyMongoError

from libs.plumbing.leases import Leases
from libs.plumbing.logs import logger
from services.relay.place import Fenced
from services.relay.state import SERVICE, State
from services.relay.tasks import together
from services.relay.term import Term

LEASE_S = 6.0
RENEW_S = 2.0
NewTerm = Callable[[int, Callable[[], bool]], Term]
Answer = TypeVar("Answer")
log = logger(__name__)


class Relay:
    """Takes part in the lease for as long as it runs. `holder`: a name that no other process has."""

    def __init__(self, leases: Leases, holder: str, new_term: NewTerm, state: State) -> None:
        self._leases, self._holder = leases, holder
        self._new_term, self._state = new_term, state
        self._held_until = 0.0

    async def run(self) -> None:
        """Until cancelled; then hand over at once."""
        while True:
            asked = monotonic()
            epoch = await self._asked(self._leases.acquire(SERVICE, self._holder, LEASE_S))
            if epoch is not None:
                self._held_until = asked + LEASE_S
                await self._active(epoch)
            await asyncio.sleep(RENEW_S)

    async def _active(self, epoch: int) -> None:
        log.info("active", epoch=epoch)
        self._state.became(epoch)
        term = self._new_term(epoch, self._held)
        try:
            await together(term.run(), self._keep(epoch))
        except Fenced:
            log.warning("stepped_down", epoch=epoch)
        finally:
            self._state.became(None)
            await term.close()
            await self._asked(self._leases.release(SERVICE, epoch))

    async def _keep(self, epoch: int) -> None:
        """Renew; raises `Fenced` once the lease is another's, or could not be renewed in time."""
        while self._held():
            await asyncio.sleep(RENEW_S)
            asked = monotonic()
            renewed = await self._asked(self._leases.renew(SERVICE, epoch, LEASE_S))
            if renewed:
                self._held_until = asked + LEASE_S
            elif renewed is False:
                break
        raise Fenced(epoch)

    async def _asked(self, question: Awaitable[Answer]) -> Answer | None:
        """The answer, None while the database is away."""
        try:
            async with asyncio.timeout(RENEW_S):
                answer = await question
        except (PyMongoError, TimeoutError) as error:
            log.warning("waiting_for_mongodb", error=type(error).__name__)
            self._state.waiting = "MongoDB is away"
            return None
        if self._state.epoch is None:
            self._state.waiting = None
        return answer

    def _held(self) -> bool:
        return monotonic() < self._held_until
