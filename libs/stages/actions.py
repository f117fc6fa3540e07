"""What somebody may do to a case now, and why not the rest: each service answers for its own commands.

`GET /v1/cases/{case_id}/actions`. The answer comes from the command table and the decisions that carry the commands out.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.entry import Entry
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.access import Caller
from libs.plumbing.principals import Principal
from libs.stages.commands import CommandKind, CommandTable
from libs.stages.http import CaseId, actor_of, problem_from
from libs.stages.rulings import Ruling, Wish, ruling
from libs.stages.scope import DISTRICT_ROLES, out_of_reach
from libs.stages.specimens import schema_of


class Refused(BaseModel):
    """Why not: a code of `libs.casework.refusal`, one sentence, and what would be accepted (steps, roles)."""

    code: Why
    detail: str
    allowed: tuple[str, ...]


class Choice(BaseModel):
    """The reasons of the office's list; `required`: one of them has to be given."""

    required: bool
    codes: tuple[str, ...]


class Action(BaseModel):
    """A command and whether it may be given now. `body` is the JSON schema of what it carries; `refused` says why not."""

    service: Service
    name: str
    zh: str
    method: str
    path: str
    body: dict[str, Any]
    reasons: Choice | None
    allowed: bool
    refused: Refused | None


class Actions(BaseModel):
    """Of a case as it stood at `rev`, which goes into `If-Match`. In the order of the service's table."""

    case_id: UUID
    stage: Stage
    rev: int
    actions: list[Action]


class ActionDoor:
    """The endpoint of one service. `fresh` makes ready what the decisions look at beside the case, as its desk does."""

    def __init__(
        self,
        service: Service,
        table: CommandTable,
        store: CaseStore,
        fresh: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._service, self._table, self._store, self._fresh = service, table, store, fresh
        self._on_logs = any(kind.reads_log for kind in table.values())

    def router(self) -> APIRouter:
        """The route, under `/v1/cases/{case_id}`."""
        routes = APIRouter(prefix="/v1/cases/{case_id}", tags=["commands"])
        summary = "可办事项 · what may be done"
        routes.add_api_route("/actions", self.actions, methods=["GET"], summary=summary)
        return routes

    async def actions(self, caller: Caller, case_id: CaseId) -> Actions:
        """Every command of this service: allowed, or refused with the reason. Another office's case does not exist."""
        case = (await self._store.load([case_id])).get(case_id)
        if case is None or not visible(case, caller):
            raise problem_from(Refusal(Why.UNKNOWN_CASE, f"no case {case_id}", attempted="actions"))
        log = (await self._store.logs([case_id])).get(case_id) if self._on_logs else None
        if self._fresh:
            await self._fresh()
        return Actions(
            case_id=case.id,
            stage=case.stage,
            rev=case.rev,
            actions=[self._action(kind, case, caller, log) for kind in self._table.values()],
        )

    def _action(
        self, kind: CommandKind, case: Case, caller: Principal, log: Sequence[Entry] | None
    ) -> Action:
        found = ruled(self._service, kind, case, caller, log)
        path = f"/{self._service}/v1/cases/{case.id}/{kind.name.replace('_', '-')}"
        return action_of(self._service, kind.name, kind.zh, path, schema_of(kind.body), found)


def visible(case: Case, caller: Principal) -> bool:
    """Whether the caller may know that there is such a case."""
    return caller.office == case.office or caller.has(*DISTRICT_ROLES)


def ruled(
    service: Service, kind: CommandKind, case: Case, caller: Principal, log: Sequence[Entry] | None
) -> Ruling:
    """What would become of the command from this caller, in the role in which the door would let it in."""
    actor = actor_of(caller, kind.roles, kind.name)
    if isinstance(actor, Refusal):
        return Ruling(actor)
    refused = out_of_reach(case, actor, frozenset(caller.grids + caller.communities), kind.name)
    if refused is None and kind.reads_log and log is None:
        detail = "this version cannot read the log of this case"
        refused = Refusal(Why.UNKNOWN_EVENT, detail, case.stage, kind.name)
    return Ruling(refused) if refused else ruling(Wish(kind, service, case, actor, log))


def action_of(
    service: Service, name: str, zh: str, path: str, body: dict[str, Any], found: Ruling, method: str = "POST"
) -> Action:
    """A command with its ruling, as it is answered."""
    no = found.refused
    return Action(
        service=service,
        name=name,
        zh=zh,
        method=method,
        path=path,
        body=body,
        reasons=Choice(required=found.must, codes=found.reasons) if found.reasons else None,
        allowed=no is None,
        refused=Refused(code=no.code, detail=no.detail, allowed=no.allowed) if no else None,
    )
