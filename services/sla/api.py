"""HTTP in, reading only: a deadline alone, a case's clocks, their explanation. Another office's case does not exist."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from libs.casework.case import Case
from libs.casework.deadlines.asking import USUAL, Question, answer
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.explain import as_text
from libs.casework.deadlines.explain.document import document
from libs.casework.deadlines.timed import Timed
from libs.casework.draft import Sealed
from libs.casework.refusal import Refusal, Why
from libs.plumbing.principals import Principal
from libs.stages.http import CaseId, actor_of, problem_from
from libs.stages.scope import hidden
from services.sla.access import STAFF, Staff
from services.sla.rules import Reference
from services.sla.views import Clocks, Explanations, shown, told


class CaseLog(Protocol):
    """The part of the case store that is read here."""

    async def load(self, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
        """The cases that exist, by id."""

    async def log(self, case_id: UUID) -> list[Sealed]:
        """A case's entries, in order."""


class Asked(BaseModel):
    """`from` and the ends of a `pause` (`BEGIN/END`, or `BEGIN/`) without a zone are on the calendar's wall clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: Annotated[str, Field(alias="from", max_length=40)]
    limit: Annotated[str, Field(max_length=40)]
    calendar: Annotated[str, Field(max_length=48)] = USUAL
    pause: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=50)] = ()


class Due(BaseModel):
    """A deadline with its computation, and the text that tells it in both languages."""

    due: str | None
    computation: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class DeadlineDoor:
    """The endpoints. `clock` gives µs UTC."""

    store: CaseLog
    data: Reference
    clock: Callable[[], int]

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["deadlines"])
        for path, endpoint, summary in (
            ("/due", self.due, "时限计算 · a deadline alone"),
            ("/cases/{case_id}/clocks", self.clocks, "案件时限 · a case's clocks"),
            ("/cases/{case_id}/explanation", self.explanation, "时限说明 · how they come about"),
        ):
            routes.add_api_route(path, endpoint, methods=["GET"], summary=summary)
        return routes

    def due(self, caller: Staff, asked: Annotated[Asked, Query()]) -> Due:
        """When a limit ends, and how that comes about."""
        question = Question(asked.begins, asked.limit, asked.calendar, asked.pause)
        found = answer(question, self.data.calendars, self.clock())
        if isinstance(found, Refusal):
            raise problem_from(found)
        values = document(found.explanation, found.reckoning, found.calendar)
        return Due(due=values["due"], computation=values, text=as_text(found.explanation))

    async def clocks(self, caller: Staff, case_id: CaseId) -> Clocks:
        """Every clock of the case that was not superseded, with its levels."""
        case = await self._case(caller, case_id)
        rows = shown(await self._timed(case_id), self.data, self.clock())
        return Clocks(case_id=case.id, number=case.number, calendars=self.data.calendars.version, clocks=rows)

    async def explanation(self, caller: Staff, case_id: CaseId) -> Explanations:
        """How each of its deadlines comes about, for people and for machines."""
        case = await self._case(caller, case_id)
        rows = told(await self._timed(case_id), self.data, self.clock())
        return Explanations(case_id=case.id, number=case.number, clocks=rows)

    async def _timed(self, case_id: UUID) -> tuple[Timed, ...]:
        log = await self.store.log(case_id)
        return clocks((sealed.entry for sealed in log), self.data.policies, self.data.calendars)

    async def _case(self, caller: Principal, case_id: UUID) -> Case:
        case = (await self.store.load([case_id])).get(case_id)
        if case is None:
            raise problem_from(Refusal(Why.UNKNOWN_CASE, f"no case {case_id}"))
        actor = actor_of(caller, STAFF, "look")
        refused = actor if isinstance(actor, Refusal) else hidden(case, actor)
        if refused:
            raise problem_from(refused)
        return case
