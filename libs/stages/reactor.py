"""What a service does by itself: the news wakes it, the sweep finds what the news missed; both do the same.

Only the case as it stands counts: a record says which case to look at, nothing more. So a record twice, late or out of
order changes nothing, and a lost one is made good by the sweep.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

import structlog

from libs.casestore.append import Append
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import AtSeq, Speaker
from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service
from libs.plumbing.records import Record
from libs.plumbing.rejections import Rejections
from libs.stages.doors import refuse
from libs.stages.joint import Said, cases_in, changes_of
from libs.stages.messages import case_named_by

log = structlog.get_logger()

Decisions = Mapping[UUID, Said]
DecideAll = Callable[[Sequence[Case]], Awaitable[Decisions]]


def machine_actor(service: Service) -> Actor:
    """How a service stands in the log when it decides by rule."""
    return Actor(id=f"service:{service}", role=Role.SYSTEM)


class Reactor:
    """Decides for the cases that await one service."""

    def __init__(self, service: Service, store: CaseStore, decide: DecideAll, rejections: Rejections) -> None:
        self._service = service
        self._store = store
        self._decide = decide
        self._rejections = rejections
        self._speaker = Speaker(service, machine_actor(service))

    async def on_news(self, records: Sequence[Record]) -> None:
        """Handler of the service's voices: look at the cases that the records name."""
        cases: dict[UUID, None] = {}
        for record in records:
            subject = case_named_by(record)
            if subject is None:
                await refuse(self._rejections, record, _NOT_AN_EVENT)
            else:
                cases[subject] = None
        await self.look_at(cases)

    async def look_at(self, case_ids: Iterable[UUID]) -> int:
        """Decide for those that await this service now; returns how many moved on."""
        loaded = await self._store.load(list(case_ids))
        return await self.act_on(list(loaded.values()))

    async def act_on(self, cases: Sequence[Case]) -> int:
        """Decide and append for `cases`; what does not await this service any more is already done."""
        waiting = [case for case in cases if case.awaits.machine is self._service and not case.parked]
        if not waiting:
            return 0
        decisions = await self._decide(waiting)
        appends = [self._append(case, decisions[case.id]) for case in waiting if case.id in decisions]
        results = await self._store.append_many(appends)
        for append, result in zip(appends, results, strict=True):
            if isinstance(result, Refusal) and result.code is not Why.STALE:
                log.error("decision refused", case_id=str(append.changes[0].case_id), why=result.detail)
        return sum(not isinstance(result, Refusal) for result in results)

    def _append(self, case: Case, said: Said) -> Append:
        key = f"{self._service}:{case.id}:{case.seq}"
        changes = changes_of(case, AtSeq(case.seq), said)
        return Append(changes, self._speaker, key, seen=cases_in(case, said))


_NOT_AN_EVENT = Refusal(
    Why.INVALID,
    "not an event of a case",
    field="subject",
    allowed=("a CloudEvent as on banjie.cases",),
)
