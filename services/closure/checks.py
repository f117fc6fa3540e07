"""HTTP in, reading only: what is to be checked and by whom, and the checklist of one case with the last answers to it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from libs.casestore.reading import CaseQuery
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.closure import Answered, CheckFailed, CheckPassed, Point
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage, Urgency
from libs.casework.wire import instant
from libs.plumbing.access import require
from libs.plumbing.principals import Principal
from libs.stages.http import CaseId, actor_of, problem_from
from libs.stages.names import Directory, Name
from libs.stages.scope import hidden, outside
from services.closure.checklists import Checklists, CheckPoint, Photo, Severity
from services.closure.commands import CHECKERS, CLERKS
from services.closure.rules import not_independent, not_the_checker

READERS = (
    "checker",
    "clerk",
    "grid_worker",
    "supervisor",
    "unit_worker",
    "auditor",
    "administrator",
    "system",
)
WATCHERS = CHECKERS | CLERKS
Reader = Annotated[Principal, Depends(require(*READERS))]
Watcher = Annotated[Principal, Depends(require(*sorted(WATCHERS)))]


class Asked(BaseModel):
    """A point of the checklist. `required`: the case passes only when it holds or does not apply. `answer`: the last one."""

    point: str
    name: Name
    holds: str
    fails: str
    severity: Severity
    required: bool
    answer: Point | None
    remark: UUID | None


class LastCheck(BaseModel):
    """How the last check ended, when, and by whom."""

    passed: bool
    reason: str | None
    checklist: str | None
    by: str
    at: str


class CaseCheck(BaseModel):
    """What a checker answers for this case. `closing_condition`: the office's own, of the category; `photos` have to be
    there, of which `shown` are."""

    case_id: UUID
    category: str | None
    name: Name | None
    closing_condition: str | None
    version: str
    points: list[Asked]
    photos: tuple[Photo, ...]
    shown: list[Photo]
    checker: str | None
    last: LastCheck | None


class Due(BaseModel):
    """A case that waits for its check. `why_not`: why this caller may not check it, if so."""

    case_id: UUID
    number: str
    rev: int
    category: str | None
    name: Name | None
    urgency: Urgency | None
    grid: str | None
    community: str | None
    lead: str | None
    rework: int
    since: str
    checker: str | None
    may_check: bool
    why_not: str | None


class DuePage(BaseModel):
    """Cases that wait, those reported first first; `after` asks for the next page."""

    cases: list[Due]
    after: str | None


@dataclass(frozen=True, slots=True)
class CheckDoor:
    """The endpoints that read."""

    store: CaseStore
    checklists: Checklists
    directory: Directory

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["checks"])
        routes.add_api_route("/checks", self.due, methods=["GET"], summary="待核查 · what waits for a check")
        routes.add_api_route(
            "/cases/{case_id}/check", self.check, methods=["GET"], summary="核查单 · the checklist of a case"
        )
        return routes

    async def due(
        self,
        caller: Watcher,
        mine: bool = False,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: UUID | None = None,
    ) -> DuePage:
        """Cases of the own office that wait for their check; `mine`: those that were given to the caller."""
        query = CaseQuery(
            office=caller.office,
            stages=(Stage.RESOLVED,),
            awaits_person=Role.CHECKER,
            checker=caller.id if mine else None,
        )
        page = await self.store.find(query, limit, str(after) if after else None, oldest_first=True)
        return DuePage(cases=[self._due(case, caller) for case in page.cases], after=page.after)

    async def check(self, caller: Reader, case_id: CaseId) -> CaseCheck:
        """The points of the case's category, the photos that have to be there, and how the last check ended."""
        case = (await self.store.load([case_id])).get(case_id)
        reader = actor_of(caller, frozenset(Role), "check")
        if case is None or isinstance(reader, Refusal) or hidden(case, reader):
            raise problem_from(Refusal(Why.UNKNOWN_CASE, f"no case {case_id}", attempted="check"))
        said, last = await self._last(case)
        answers = {each.point: each for each in said}
        asked = self.checklists.of(case.category)
        subclass = self.directory.book.catalogue.get(case.category) if case.category else None
        return CaseCheck(
            case_id=case.id,
            category=case.category,
            name=self.directory.category(case.category),
            closing_condition=subclass.close_when if subclass else None,
            version=asked.version,
            points=[_asked(point, answers.get(point.id)) for point in asked.points],
            photos=asked.photos,
            shown=_shown(case),
            checker=case.checker,
            last=last,
        )

    async def _last(self, case: Case) -> tuple[tuple[Answered, ...], LastCheck | None]:
        kinds = (CheckFailed, CheckPassed)
        found = [(await self.store.latest([case.id], kind.name())).get(case.id) for kind in kinds]
        entries = sorted((each.entry for each in found if each), key=lambda entry: entry.seq)
        if not entries or not isinstance(entries[-1].data, kinds):
            return (), None
        entry, said = entries[-1], entries[-1].data
        reason = said.reason if isinstance(said, CheckFailed) else None
        told = {"by": entry.actor.id, "at": instant(entry.at), "checklist": said.checklist}
        return said.points, LastCheck(passed=reason is None, reason=reason, **told)

    def _due(self, case: Case, caller: Principal) -> Due:
        why_not = _why_not(case, caller)
        same = ("number", "rev", "category", "urgency", "grid", "community", "lead", "rework", "checker")
        return Due(
            case_id=case.id,
            name=self.directory.category(case.category),
            since=instant(case.stage_at),
            may_check=why_not is None,
            why_not=why_not,
            **{name: getattr(case, name) for name in same},
        )


def _why_not(case: Case, caller: Principal) -> str | None:
    actor: Actor | Refusal = actor_of(caller, CHECKERS, "pass")
    if isinstance(actor, Refusal):
        return actor.detail
    area = frozenset(caller.grids + caller.communities)
    refused = (
        not_independent(case, actor, "pass")
        or not_the_checker(case, actor, "pass")
        or outside(case, actor, area, "pass")
    )
    return refused.detail if refused else None


def _asked(point: CheckPoint, answered: Answered | None) -> Asked:
    return Asked(
        point=point.id,
        name=Name(zh=point.zh, en=point.en),
        holds=point.holds,
        fails=point.fails,
        severity=point.severity,
        required=point.required,
        answer=answered.answer if answered else None,
        remark=answered.remark.id if answered and answered.remark else None,
    )


def _shown(case: Case) -> list[Photo]:
    flags = {Photo.BEFORE: case.before_shown, Photo.AFTER: case.after_shown}
    return [photo for photo, there in flags.items() if there]
