"""HTTP in: what waits for a clerk, what waits to be seen on the spot. The commands' routes come from their table."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from libs.casestore.reading import CaseQuery, Page
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.events.triage import QueuedForClerk, Suggestion
from libs.casework.vocabulary import Role, Source, Stage, Urgency
from libs.casework.wire import instant
from libs.plumbing.access import require
from libs.plumbing.principals import Principal
from libs.stages.likely import Likely, likely_duplicates
from libs.stages.names import Name
from services.triage.queue import CURSOR, queue_page
from services.triage.wording import wording

Clerk = Annotated[Principal, Depends(require("clerk", "supervisor", "administrator"))]
Looker = Annotated[Principal, Depends(require("grid_worker", "clerk", "supervisor", "administrator"))]
Limit = Annotated[int, Query(ge=1, le=200)]
QueueCursor = Annotated[str, Query(pattern=CURSOR)]


class Waiting(BaseModel):
    """A case in a list; times in RFC 3339, UTC. `rev` goes into `If-Match` of the command. Nothing personal."""

    case_id: UUID
    number: str
    stage: Stage
    rev: int
    office: str
    source: Source
    reported_at: str
    since: str
    grid: str | None
    community: str | None
    category: str | None
    urgency: Urgency | None


class Guess(Suggestion):
    """A ranked guess; `why` is `because` in words."""

    why: tuple[Name, ...] = ()


class Queued(Waiting):
    """A case that waits for a clerk: why no rule decided, the ranked guesses, what may be the same. `why` is `because` in words."""

    declared_category: str | None
    parked: bool
    because: tuple[str, ...] = ()
    why: tuple[Name, ...] = ()
    suggestions: tuple[Guess, ...] = ()
    duplicates: list[Likely] = []


class QueuePage(BaseModel):
    """Cases that wait for a clerk: emergency, urgent, normal, in each the oldest first; `after` asks for the next page."""

    cases: list[Queued]
    after: str | None


class ToSee(Waiting):
    """A case that waits to be seen on the spot, with what may be the same: nobody has to go twice."""

    duplicates: list[Likely] = []


class ConfirmationPage(BaseModel):
    """Cases that wait to be seen on the spot, oldest first; `after` asks for the next page."""

    cases: list[ToSee]
    after: str | None


class TriageLists:
    """The endpoints of triage that only read."""

    def __init__(self, store: CaseStore) -> None:
        self._store = store

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["lists"])
        routes.add_api_route("/queue", self.queue, methods=["GET"], summary="待人工受理 · for a clerk")
        routes.add_api_route(
            "/confirmations", self.confirmations, methods=["GET"], summary="待核实 · to see on the spot"
        )
        return routes

    async def queue(self, caller: Clerk, limit: Limit = 50, after: QueueCursor | None = None) -> QueuePage:
        """Reports of the own office that wait for a clerk, the gravest first."""
        stages = (Stage.REPORTED, Stage.CONFIRMING)
        query = CaseQuery(office=_office(caller), stages=stages, awaits_person=Role.CLERK)
        page = await queue_page(self._store, query, limit, after)
        reasons = await self._reasons(page.cases)
        likely = await likely_duplicates(self._store, page.cases)
        rows = [_queued(case, reasons.get(case.id), likely.get(case.id, [])) for case in page.cases]
        return QueuePage(cases=rows, after=page.after)

    async def confirmations(
        self, caller: Looker, limit: Limit = 50, after: UUID | None = None
    ) -> ConfirmationPage:
        """Reports of the own office to be seen on the spot; a grid worker's own grids only."""
        query = CaseQuery(
            office=_office(caller),
            stages=(Stage.CONFIRMING,),
            awaits_person=Role.GRID_WORKER,
            area=_area(caller),
        )
        page = await self._page(query, limit, after)
        likely = await likely_duplicates(self._store, page.cases)
        rows = [ToSee(**_shown(case), duplicates=likely.get(case.id, [])) for case in page.cases]
        return ConfirmationPage(cases=rows, after=page.after)

    async def _page(self, query: CaseQuery, limit: int, after: UUID | None) -> Page:
        return await self._store.find(query, limit, str(after) if after else None, oldest_first=True)

    async def _reasons(self, cases: Sequence[Case]) -> dict[UUID, QueuedForClerk]:
        found = await self._store.latest([case.id for case in cases], QueuedForClerk.name())
        said = {case_id: sealed.entry.data for case_id, sealed in found.items()}
        return {case_id: data for case_id, data in said.items() if isinstance(data, QueuedForClerk)}


def _office(caller: Principal) -> str | None:
    return None if caller.has("administrator") else caller.office


def _area(caller: Principal) -> tuple[str, ...] | None:
    """Who is a grid worker and nothing more sees what lies in the own grids and communities."""
    if caller.has("clerk", "supervisor", "administrator"):
        return None
    return caller.grids + caller.communities


def _queued(case: Case, why: QueuedForClerk | None, likely: list[Likely]) -> Queued:
    return Queued(
        **_shown(case),
        declared_category=case.declared_category,
        parked=case.parked,
        because=why.because if why else (),
        why=_in_words(why.because if why else ()),
        suggestions=tuple(_guess(one) for one in why.suggestions) if why else (),
        duplicates=likely,
    )


def _guess(one: Suggestion) -> Guess:
    return Guess(category=one.category, score=one.score, because=one.because, why=_in_words(one.because))


def _in_words(because: Sequence[str]) -> tuple[Name, ...]:
    return tuple(map(wording, because))


def _shown(case: Case) -> dict[str, object]:
    same = ("number", "stage", "rev", "office", "source", "grid", "community", "category", "urgency")
    times = {"reported_at": instant(case.reported_at), "since": instant(case.awaits.since)}
    return {"case_id": case.id, **times, **{name: getattr(case, name) for name in same}}
