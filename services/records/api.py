"""HTTP in, reading only: cases, one case, its story, the table. Another office's case does not exist."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.casestore.reading import CaseQuery
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service, Stage
from libs.plumbing.access import require
from libs.plumbing.principals import Principal
from libs.stages.http import CaseId, office_of, problem_from
from libs.stages.likely import likely_duplicates
from libs.stages.names import Directory
from services.records.lifecycle import Lifecycle, lifecycle
from services.records.story import Story, story
from services.records.views import Detail, Summary, detail, summary

STAFF = ("grid_worker", "unit_worker", "checker", "clerk", "supervisor", "auditor", "administrator", "system")
DISTRICT = ("administrator", "auditor")
Staff = Annotated[Principal, Depends(require(*STAFF))]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Filters(BaseModel):
    """What to look for; everything given must hold. `awaits`: a role, or a service that decides by rule.

    `office` is for auditors and administrators; everybody else sees the own one. Newest first unless `oldest_first`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: tuple[Stage, ...] = ()
    unit: str | None = None
    category: str | None = None
    grid: str | None = None
    community: str | None = None
    awaits: Role | Service | None = None
    number: str | None = None
    publisher: str | None = None
    parked: bool | None = None
    reported_from: AwareDatetime | None = None
    reported_to: AwareDatetime | None = None
    office: str | None = None
    oldest_first: bool = False
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    after: UUID | None = None


class CasePage(BaseModel):
    """Cases; `after` asks for the next page."""

    cases: list[Summary]
    after: str | None


@dataclass(frozen=True, slots=True)
class CaseDoor:
    """The endpoints that read."""

    store: CaseStore
    directory: Directory

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["cases"])
        routes.add_api_route("/cases", self.cases, methods=["GET"], summary="案件 · cases")
        routes.add_api_route("/cases/{case_id}", self.case, methods=["GET"], summary="案件详情 · one case")
        routes.add_api_route(
            "/cases/{case_id}/log", self.log, methods=["GET"], summary="办理过程 · its story"
        )
        routes.add_api_route(
            "/lifecycle", self.table, methods=["GET"], summary="流程表 · the lifecycle table"
        )
        return routes

    async def cases(self, caller: Staff, filters: Annotated[Filters, Query()]) -> CasePage:
        """Cases of the own office by what is given."""
        office = office_of(caller, filters.office)
        if office is not None and filters.office not in (None, office):
            return CasePage(cases=[], after=None)
        after = str(filters.after) if filters.after else None
        query = query_of(filters, office)
        page = await self.store.find(query, filters.limit, after, oldest_first=filters.oldest_first)
        rows = [summary(case, self.directory.of(case)) for case in page.cases]
        return CasePage(cases=rows, after=page.after)

    async def case(self, caller: Staff, case_id: CaseId) -> Detail:
        """All of a case but its personal content, as its log has made it."""
        case = await case_for(self.store, caller, case_id)
        likely = await likely_duplicates(self.store, [case])
        named = await self.store.references(case_id)
        return detail(case, self.directory.of(case), named, likely.get(case_id, ()))

    async def log(self, caller: Staff, case_id: CaseId) -> Story:
        """What happened, who said it, how long each stage took; hashes to check the chain."""
        case = await case_for(self.store, caller, case_id)
        return story(case, await self.store.log(case_id))

    async def table(self) -> Lifecycle:
        """From which stage which step leads where, and who may say it. For everybody."""
        return lifecycle()


async def case_for(store: CaseStore, caller: Principal, case_id: UUID) -> Case:
    """The case, when the caller may know that it exists; else a 404."""
    case = (await store.load([case_id])).get(case_id)
    if case is None or not (caller.has(*DISTRICT) or caller.office == case.office):
        raise problem_from(Refusal(Why.UNKNOWN_CASE, f"no case {case_id}"))
    return case


def query_of(filters: Filters, office: str | None) -> CaseQuery:
    """The filters as the store takes them."""
    same = ("unit", "category", "grid", "community", "number", "publisher", "parked")
    awaits = filters.awaits
    return CaseQuery(
        office=office,
        stages=filters.stage or None,
        awaits_person=awaits.value if isinstance(awaits, Role) else None,
        awaits_machine=awaits.value if isinstance(awaits, Service) else None,
        reported_from=micros(filters.reported_from),
        reported_to=micros(filters.reported_to),
        **{name: getattr(filters, name) for name in same},
    )


def micros(time: datetime | None) -> int | None:
    """µs UTC of an instant."""
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1)
