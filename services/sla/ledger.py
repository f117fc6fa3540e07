"""HTTP in: the ledger of suspended cases (挂账), those first that should have been looked at. Another office's do not exist."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from libs.casestore.reading import CaseQuery, Page, Waited, waited_from
from libs.casework.case import Case
from libs.casework.reasons import Reasons
from libs.casework.wire import instant
from libs.plumbing.principals import Principal
from libs.stages.bodies import Code
from libs.stages.http import not_a_cursor, offices_for
from libs.stages.names import Directory, Name
from services.sla.access import Staff


class Suspensions(Protocol):
    """Where the cases that wait are found: `libs.casestore.store.CaseStore`."""

    async def offices(self) -> list[str]:
        """The offices that have cases."""

    async def suspended(self, query: CaseQuery, limit: int, after: Waited | None = None) -> Page:
        """Cases that wait, by the day to look again."""


class Filters(BaseModel):
    """What to look for; everything given must hold. `unit`: the lead. `office` is for auditors and administrators."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Code | None = None
    grid: Code | None = None
    office: Code | None = None
    limit: Annotated[int, Query(ge=1, le=500)] = 100
    after: Annotated[str | None, Query(max_length=100)] = None


class Waiting(BaseModel):
    """A case that waits. `review`: when to look again; None: nobody said, so that it is overdue too."""

    case_id: UUID
    number: str
    office: str
    unit: str | None
    unit_name: Name | None
    grid: str | None
    grid_name: Name | None
    category: str | None
    category_name: Name | None
    reason: str
    reason_name: Name | None
    approver: str
    since: str
    review: str | None
    overdue: bool


class Ledger(BaseModel):
    """Overdue reviews first; `after` asks for the next page."""

    as_of: str
    cases: list[Waiting]
    after: str | None


@dataclass(frozen=True, slots=True)
class LedgerDoor:
    """The endpoint. `clock` gives µs UTC."""

    store: Suspensions
    reasons: Reasons
    directory: Directory
    clock: Callable[[], int]

    def router(self) -> APIRouter:
        """The route, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["deadlines"])
        routes.add_api_route(
            "/suspended", self.suspended, methods=["GET"], summary="挂账台账 · suspended cases"
        )
        return routes

    async def suspended(self, caller: Staff, filters: Annotated[Filters, Query()]) -> Ledger:
        """Why each waits, who approved it, since when, and when it has to be looked at again."""
        now = self.clock()
        page = await self._page(caller, filters)
        rows = [waiting for case in page.cases if (waiting := self._row(case, now))]
        return Ledger(as_of=instant(now), cases=rows, after=page.after)

    async def _page(self, caller: Principal, filters: Filters) -> Page:
        after = _place(filters.after)
        offices = await offices_for(caller, filters.office, self.store.offices)
        query = CaseQuery(offices=offices, unit=filters.unit, grid=filters.grid)
        return await self.store.suspended(query, filters.limit, after) if offices else Page((), None)

    def _row(self, case: Case, now: int) -> Waiting | None:
        held = case.suspended
        if held is None:
            return None
        reason = self.reasons.get("suspended", held.reason)
        return Waiting(
            case_id=case.id,
            number=case.number,
            office=case.office,
            unit=case.lead,
            unit_name=self.directory.unit(case.lead),
            grid=case.grid,
            grid_name=self.directory.place(case.grid),
            category=case.category,
            category_name=self.directory.category(case.category),
            reason=held.reason,
            reason_name=Name(zh=reason.zh, en=reason.en) if reason else None,
            approver=held.approver,
            since=instant(held.since),
            review=instant(held.until) if held.until else None,
            overdue=held.until is None or held.until < now,
        )


def _place(after: str | None) -> Waited | None:
    try:
        return waited_from(after) if after else None
    except ValueError:
        raise not_a_cursor(after or "", "suspended") from None
