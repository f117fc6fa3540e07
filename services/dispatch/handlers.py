"""The news of filed, reopened and not yet done cases: decided in memory; only a failed check is looked up in the log."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.casework.events.closure import CheckFailed
from libs.stages.reactor import Decisions
from services.dispatch.rules import Policy, decide, needs_rework


class Log(Protocol):
    """Where the last event of a kind is found: `libs.casestore.store.CaseStore`."""

    async def latest(self, case_ids: Sequence[UUID], event: str) -> Mapping[UUID, Sealed]:
        """The newest entry of that event name, by case."""
        ...


class Dispatch:
    """Decides for the cases that await dispatch."""

    def __init__(self, log: Log, policy: Policy) -> None:
        self._log = log
        self._policy = policy

    async def decide_all(self, cases: Sequence[Case]) -> Decisions:
        """The events for each case that there is something to say about, by its id."""
        failed = await self._failed([case.id for case in cases if needs_rework(case)])
        decided = {case.id: decide(case, failed.get(case.id), self._policy) for case in cases}
        return {case_id: events for case_id, events in decided.items() if events}

    async def _failed(self, case_ids: Sequence[UUID]) -> Mapping[UUID, CheckFailed]:
        if not case_ids:
            return {}
        found = await self._log.latest(case_ids, CheckFailed.name())
        said = {case_id: sealed.entry.data for case_id, sealed in found.items()}
        return {case_id: data for case_id, data in said.items() if isinstance(data, CheckFailed)}
