"""HTTP in for clerks: from whom the office takes no reports for a while. Whom a block means is never shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, model_validator
from pydantic_core import from_json

from libs.casestore.content import ContentVault
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.casework.wire import instant
from libs.plumbing.access import require
from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem
from libs.stages.bodies import Code
from libs.stages.commands import Body
from libs.stages.http import actor_of, office_of, problem_from
from libs.stages.scope import hidden
from libs.stages.words import Line
from services.intake.blocklist import Blocklist
from services.intake.blocks import refused_block
from services.intake.marks import Fingerprints, Mark
from services.intake.policy import Policy

BLOCKERS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR})
Blocker = Annotated[Principal, Depends(require(*sorted(BLOCKERS)))]
_KIND = {Mark.CONTACT: "contact", Mark.ADDRESS: "origin"}


class Blocking(Body):
    """Whom to block, by `mark`: the `value` itself (phone number, network address, publisher), or who sent a `case`."""

    mark: Mark
    value: Line | None = None
    case: UUID | None = None
    reason: Code
    days: Annotated[int, Field(ge=1)] = 30

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.value is None) == (self.case is None):
            raise ValueError("give either value or case")
        return self


class Shown(BaseModel):
    """A block: who decided it, why, until when, how many reports it kept out, who removed it. Never whom it means."""

    block_id: UUID
    office: str
    mark: Mark
    reason: str
    by: str
    at: str
    until: str
    refused: int
    removed_by: str | None
    removed_at: str | None
    already: bool = False


class Blocks(BaseModel):
    """Newest first."""

    blocks: list[Shown]


class Removed(BaseModel):
    """`already`: it was removed before, or had run out."""

    block_id: UUID
    already: bool


@dataclass(frozen=True, slots=True)
class BlockDoor:
    """The endpoints."""

    blocklist: Blocklist
    policy: Policy
    store: CaseStore
    vault: ContentVault
    prints: Fingerprints

    def router(self) -> APIRouter:
        """The routes, under `/v1/blocks`."""
        routes = APIRouter(prefix="/v1/blocks", tags=["blocklist"])
        for path, endpoint, method, summary in (
            ("", self.add, "POST", "列入黑名单 · take no reports from somebody for a while"),
            ("", self.listed, "GET", "黑名单 · who is blocked, by whom, why"),
            ("/{block_id}/remove", self.remove, "POST", "移出黑名单 · take their reports again"),
        ):
            routes.add_api_route(path, endpoint, methods=[method], summary=summary)
        return routes

    async def add(self, caller: Blocker, body: Blocking, response: Response) -> Shown:
        """For the caller's office. 201 once; 200 when they are blocked already, with what was decided then."""
        refused = refused_block(body.reason, body.days, self.policy)
        print_ = refused or await self._print(body, caller)
        if isinstance(print_, Refusal):
            raise problem_from(print_)
        made = await self.blocklist.add(caller.office, body.mark, print_, body.reason, body.days, caller.id)
        response.status_code = 200 if made.already else 201
        return _shown(made.document).model_copy(update={"already": made.already})

    async def listed(
        self,
        caller: Blocker,
        everything: Annotated[bool, Query(alias="all")] = False,
        office: Annotated[Code | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Blocks:
        """Those in force; with `all` also what was removed or has run out."""
        found = await self.blocklist.list(office_of(caller, office), everything, limit)
        return Blocks(blocks=[_shown(each) for each in found])

    async def remove(self, caller: Blocker, block_id: UUID) -> Removed:
        """Removed from now on; the decision stays on record."""
        done = await self.blocklist.remove(block_id, office_of(caller, None), caller.id)
        if done is None:
            raise Problem("not_found", f"there is no block {block_id}")
        return Removed(block_id=block_id, already=not done)

    async def _print(self, body: Blocking, caller: Principal) -> str | Refusal:
        if body.value is not None:
            return self.prints.of(body.mark, body.value)
        assert body.case is not None, "the body has one of the two"
        case = (await self.store.load([body.case])).get(body.case)
        actor = actor_of(caller, BLOCKERS, "block")
        if isinstance(actor, Refusal):
            return actor
        if case is None or hidden(case, actor):
            return _no(f"no case {body.case}", Why.UNKNOWN_CASE)
        return await self._print_of(case, body.mark) or _no(f"this case names no {body.mark}", field="mark")

    async def _print_of(self, case: Case, mark: Mark) -> str | None:
        """Nobody is shown what it is made from, so that this is no look at personal data."""
        if mark is Mark.PUBLISHER:
            return self.prints.of(mark, case.publisher) if case.publisher else None
        refs = [ref for ref in case.contents if ref.kind == _KIND[mark]]
        found = await self.vault.read({case.id: refs}) if refs else {}
        data = next((data for data in found.values() if data), None)
        if data is None or mark is Mark.ADDRESS:
            return data.decode() if data else None
        phone = from_json(data).get("phone")
        return self.prints.of(mark, phone) if phone else None


def _no(detail: str, why: Why = Why.INVALID, field: str | None = None) -> Refusal:
    return Refusal(why, detail, attempted="block", field=field)


def _shown(document: Mapping[str, Any]) -> Shown:
    same = ("office", "mark", "reason", "by", "refused")
    removed_at = document.get("removed_at")
    return Shown(
        block_id=document["_id"],
        **{name: document[name] for name in same},
        at=instant(document["at"]),
        until=instant(document["until"]),
        removed_by=document.get("removed_by"),
        removed_at=None if removed_at is None else instant(removed_at),
    )
