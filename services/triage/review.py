"""HTTP in: the corrections of clerks, for an administrator to accept or to drop before anything is learned from them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from libs.casework.calendar.zones import micros
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Urgency
from libs.casework.wire import instant
from libs.plumbing.access import require
from libs.plumbing.principals import Principal
from libs.stages.http import not_a_cursor, problem_from
from services.triage.learning import Judged, Learning, State

Administrator = Annotated[Principal, Depends(require("administrator"))]
DAY_US = 24 * 3600 * 1_000_000


class Shown(BaseModel):
    """A correction without its words: who wants to read them opens the case, where every look is recorded."""

    case_id: UUID
    office: str
    was: str | None
    category: str
    urgency: Urgency
    at: str
    state: State


class Corrections(BaseModel):
    """Corrections, the newest first. `after`: the log was looked through back to `back_to` only; with it older ones follow."""

    corrections: list[Shown]
    back_to: str
    after: str | None


class ReviewDoor:
    """The endpoints of the review. `clock` is the learning's own."""

    def __init__(self, learning: Learning, now: Callable[[], int]) -> None:
        self._learning, self._now = learning, now

    def router(self) -> APIRouter:
        """The routes, under `/v1/corrections`."""
        routes = APIRouter(prefix="/v1/corrections", tags=["corrections"])
        routes.add_api_route("", self.listed, methods=["GET"], summary="分类更正 · corrections of clerks")
        routes.add_api_route(
            "/{case_id}/{verdict}", self.judge, methods=["POST"], summary="采纳或舍弃 · accept or drop"
        )
        return routes

    async def listed(
        self,
        caller: Administrator,
        days: Annotated[int, Query(ge=1, le=366)] = 30,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        after: Annotated[str | None, Query(max_length=40)] = None,
    ) -> Corrections:
        """Where a clerk gave another category than the likeliest one, in the last days."""
        since = self._now() - days * DAY_US
        found = await self._learning.listed(since, limit, _place(after))
        back_to = None if found.back_to is None else instant(found.back_to)
        return Corrections(
            corrections=[_shown(one) for one in found.judged],
            back_to=back_to or instant(since),
            after=back_to,
        )

    async def judge(
        self, caller: Administrator, case_id: UUID, verdict: Literal["accept", "drop"], at: AwareDatetime
    ) -> Shown:
        """Accepted ones are learned at the next start of triage. Can be said again, and otherwise, until then. `at` as it was
        listed: a case that was corrected again since is refused."""
        state = State.ACCEPTED if verdict == "accept" else State.DROPPED
        judged = await self._learning.judge(case_id, micros(at), state, caller.id)
        if isinstance(judged, Refusal):
            raise problem_from(judged)
        return _shown(judged)


def _place(after: str | None) -> int | None:
    try:
        return micros(datetime.fromisoformat(after)) if after else None
    except (ValueError, TypeError):
        raise not_a_cursor(after or "", "corrections") from None


def _shown(one: Judged) -> Shown:
    it = one.correction
    return Shown(
        case_id=it.case_id,
        office=it.office,
        was=it.was,
        category=it.category,
        urgency=it.urgency,
        at=instant(it.at),
        state=one.state,
    )
