"""HTTP in: all that somebody may do to a case now, and why not the rest: what each service answers, put together.

Records asks the services at their doors, in the caller's name, so that each answers by its own table.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import httpx
from fastapi import APIRouter, Request
from pydantic import ValidationError

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.reasons import Reason
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Role, Service
from libs.plumbing.access import Caller
from libs.plumbing.logs import logger
from libs.plumbing.principals import Principal
from libs.stages.actions import Action, Actions, action_of
from libs.stages.http import CaseId, actor_of
from libs.stages.rulings import Ruling
from libs.stages.specimens import schema_of
from services.records.api import case_for
from services.records.content import Asking
from services.records.rules import ERASERS, VIEWERS, Grounds, Look, erased_already, may_erase, may_look

WAIT_S = 5.0
PEERS = tuple(service for service in Service if service is not Service.RECORDS)
log = logger(__name__)


class AllActions(Actions):
    """Of all services, in the order of a case's life. `away`: services that did not answer; theirs are missing."""

    away: list[Service]


class Peers:
    """The other services at `doors`, an address with `/<service>` behind it."""

    def __init__(self, doors: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # Never through a proxy of the machine: it would be told the caller's key.
        self._client = httpx.AsyncClient(base_url=doors, transport=transport, timeout=WAIT_S, trust_env=False)

    async def actions(self, service: Service, case: Case, bearer: str) -> list[Action] | None:
        """What the service answers; nothing for one without commands to cases, None when it is away."""
        path = f"/{service}/v1/cases/{case.id}/actions"
        try:
            answer = await self._client.get(path, headers={"Authorization": bearer})
            if answer.status_code == httpx.codes.NOT_FOUND:
                return []
            return Actions.model_validate_json(answer.raise_for_status().content).actions
        except (httpx.HTTPError, ValidationError) as error:
            log.warning("service_did_not_answer", asked=service, error=type(error).__name__)
            return None


@dataclass(frozen=True, slots=True)
class ActionsDoor:
    """The endpoint."""

    store: CaseStore
    grounds: Grounds
    peers: Peers

    def router(self) -> APIRouter:
        """The route, under `/v1/cases/{case_id}`."""
        routes = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])
        summary = "可办事项 · what may be done"
        routes.add_api_route("/actions", self.actions, methods=["GET"], summary=summary)
        return routes

    async def actions(self, request: Request, caller: Caller, case_id: CaseId) -> AllActions:
        """Every command of every service: allowed, or refused with the reason."""
        case = await case_for(self.store, caller, case_id)
        bearer = request.headers["authorization"]
        asked = (self.peers.actions(service, case, bearer) for service in PEERS)
        found = dict(zip(PEERS, await asyncio.gather(*asked), strict=True))
        theirs = [action for actions in found.values() for action in actions or ()]
        return AllActions(
            case_id=case.id,
            stage=case.stage,
            rev=case.rev,
            actions=theirs + own(case, caller, self.grounds),
            away=[service for service, actions in found.items() if actions is None],
        )


def own(case: Case, caller: Principal, grounds: Grounds) -> list[Action]:
    """What records itself does: show personal data, erase it."""
    path = f"/{Service.RECORDS}/v1/cases/{case.id}/content"
    look = _ruled(caller, VIEWERS, "view", grounds.purposes, case, grounds)
    gone = _ruled(caller, ERASERS, "erase", grounds.bases, case, grounds)
    return [
        action_of(Service.RECORDS, "view", "查阅", path, schema_of(Asking), look),
        action_of(Service.RECORDS, "erase", "删除个人信息", path, {}, gone, "DELETE"),
    ]


def _ruled(
    caller: Principal,
    roles: frozenset[Role],
    attempted: str,
    listed: Iterable[Reason],
    case: Case,
    grounds: Grounds,
) -> Ruling:
    actor = actor_of(caller, roles, attempted)
    if isinstance(actor, Refusal):
        return Ruling(actor)
    codes = tuple(reason.code for reason in listed)
    if attempted == "view":
        area = frozenset(caller.grids + caller.communities)
        refused = may_look(case, Look(actor, area, codes[0]), grounds)
    else:
        refused = may_erase(case, actor, codes[0], grounds) or erased_already(case)
    return Ruling(refused) if refused else Ruling(None, codes, must=True)
