"""Closes by itself what nobody has checked for as long as the category's rule says (自动结案). One copy by lease."""

import asyncio
import secrets
from collections.abc import Callable, Sequence

from libs.casestore.append import Append
from libs.casestore.reading import CaseQuery
from libs.casestore.store import CaseStore
from libs.casework.calendar.amount import DAY
from libs.casework.case import Case
from libs.casework.closing import ByRule, Terms
from libs.casework.draft import AtSeq, Change, Speaker
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Role, Service, Stage
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.ends import UNEXPECTED, hard_exit
from libs.plumbing.leases import Leases, while_held
from libs.plumbing.logs import logger
from libs.plumbing.telemetry import counter
from libs.stages.reactor import machine_actor
from services.closure.rules import closed_by_rule

EVERY_S = 60.0
TOGETHER = 200
log = logger(__name__)
closed = counter(
    "cases_closed_by_rule", "Cases that were closed without a check, by the rule of their category"
)


class Unchecked:
    """Looks every minute, office by office, so that an index answers; nothing is read for a case that is checked in time."""

    def __init__(
        self, store: CaseStore, leases: Leases, terms: Terms, offices: Sequence[str], clock: Callable[[], int]
    ) -> None:
        self._store, self._leases, self._terms = store, leases, terms
        self._offices, self._clock = offices, clock
        self._speaker = Speaker(Service.CLOSURE, machine_actor(Service.CLOSURE))
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look whenever this copy holds the lease."""
        held = while_held(self._leases, "closure:unchecked", secrets.token_hex(8), self._look)
        self._task = asyncio.create_task(held, name="closure:unchecked")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ready(self) -> str:
        """How many rules close by themselves."""
        return f"{len(self._terms.automatic)} rules close without a check"

    async def once(self) -> int:
        """Look once; returns how many cases were closed."""
        return sum(
            [await self._by(rule, office) for rule in self._terms.automatic for office in self._offices]
        )

    async def _by(self, rule: ByRule, office: str) -> int:
        query = CaseQuery(
            office=office,
            stages=(Stage.RESOLVED,),
            awaits_person=Role.CHECKER,
            categories=rule.categories,
            stage_until=self._clock() - rule.after_days * DAY,
        )
        count, after = 0, None
        while True:
            page = await self._store.find(query, TOGETHER, after, oldest_first=True)
            count += await self._close(page.cases)
            after = page.after
            if after is None:
                return count

    async def _close(self, cases: Sequence[Case]) -> int:
        now = self._clock()
        decided = ((case, closed_by_rule(case, self._terms, now)) for case in cases)
        appends = [
            Append(
                (Change(case.id, AtSeq(case.seq), events),),
                self._speaker,
                f"closure:unchecked:{case.id}:{case.seq}",
                seen=(case,),
            )
            for case, events in decided
            if events
        ]
        results = await self._store.append_many(appends) if appends else []
        # Stale: somebody has just spoken of the case. The next look decides again.
        return sum(not isinstance(result, Refusal) for result in results)

    async def _look(self, epoch: int) -> None:
        while True:
            try:
                count = await self.once()
            except Exception as error:
                if not dependency_away(error):
                    log.critical("closing_by_rule_failed", exc_info=error)
                    hard_exit(UNEXPECTED)
                log.warning("closing_by_rule_waits", error=type(error).__name__)
                count = 0
            if count:
                closed.inc(count)
                log.info("closed_by_rule", cases=count)
            await asyncio.sleep(EVERY_S)
