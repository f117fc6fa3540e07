"""HTTP in, reading only: which residents are still to be called after closing (待回访)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from libs.casestore.reading import CaseQuery
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.closing import Terms
from libs.casework.vocabulary import Source, Stage
from libs.casework.wire import instant
from libs.plumbing.access import require
from libs.plumbing.principals import Principal
from libs.stages.names import Directory, Name
from services.closure.commands import CLERKS

Caller = Annotated[Principal, Depends(require(*sorted(CLERKS)))]
SOURCES = (Source.RESIDENT, Source.STAFF)
"""Behind these a person waits for an answer."""


class ToCall(BaseModel):
    """A closed case that its resident has not rated. `calls`: how often they were called since."""

    case_id: UUID
    number: str
    category: str | None
    name: Name | None
    lead: str | None
    closed_at: str
    calls: int


class CallPage(BaseModel):
    """Of as many closed cases as were asked for, those still to call; `after` asks for the next page, also of an empty one."""

    cases: list[ToCall]
    after: str | None


@dataclass(frozen=True, slots=True)
class CallDoor:
    """The endpoint."""

    store: CaseStore
    terms: Terms
    directory: Directory

    def router(self) -> APIRouter:
        """The route, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["calls"])
        routes.add_api_route("/calls", self.due, methods=["GET"], summary="待回访 · whom to call")
        return routes

    async def due(
        self,
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
        after: UUID | None = None,
    ) -> CallPage:
        """The closed cases of the own office, newest first, whose resident may still be asked how it went."""
        query = CaseQuery(office=caller.office, stages=(Stage.CLOSED,))
        page = await self.store.find(query, limit, str(after) if after else None)
        waiting = [case for case in page.cases if to_call(case, self.terms)]
        return CallPage(cases=[self._row(case) for case in waiting], after=page.after)

    def _row(self, case: Case) -> ToCall:
        return ToCall(
            case_id=case.id,
            number=case.number,
            category=case.category,
            name=self.directory.category(case.category),
            lead=case.lead,
            closed_at=instant(case.closed_at or case.stage_at),
            calls=case.calls,
        )


def to_call(case: Case, terms: Terms) -> bool:
    """Whether a person reported it, who has not rated this closing and was not called often enough."""
    rated = case.rating is not None and case.rating.generation == case.generation
    return case.source in SOURCES and not rated and case.calls < terms.calls.attempts
