"""HTTP in: erase the personal content of a case. Its key is destroyed; the log stays and still verifies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from libs.casestore.content import ContentVault
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import Change, Speaker, Whatever
from libs.casework.entry import Actor
from libs.casework.events.oversight import ContentErased
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.plumbing.access import Caller, CommandKey
from libs.stages.bodies import Code
from libs.stages.http import Answer, CaseId, actor_of, answer, fingerprint, person_key, problem_from
from libs.stages.outcome import Done
from services.records.rules import ERASERS, Grounds, erased_already, may_erase


@dataclass(frozen=True, slots=True)
class ErasureDoor:
    """The endpoint that erases."""

    store: CaseStore
    vault: ContentVault
    grounds: Grounds
    clock: Callable[[], int]

    def router(self) -> APIRouter:
        """The route, under `/v1/cases/{case_id}`."""
        routes = APIRouter(prefix="/v1/cases/{case_id}", tags=["content"])
        routes.add_api_route(
            "/content",
            self.erase,
            methods=["DELETE"],
            summary="删除个人信息 · erase personal data",
            response_model=None,
            responses={200: {"model": Answer}},
        )
        return routes

    async def erase(
        self,
        case_id: CaseId,
        request: Request,
        caller: Caller,
        key: CommandKey,
        basis: Annotated[Code, Query()],
    ) -> Response:
        """For administrators, on one of the listed grounds. For good: there is no way back."""
        actor = actor_of(caller, ERASERS, "erase")
        if isinstance(actor, Refusal):
            raise problem_from(actor)
        case = (await self.store.load([case_id])).get(case_id)
        if case is None:
            raise problem_from(Refusal(Why.UNKNOWN_CASE, f"no case {case_id}", attempted="erase"))
        refused = may_erase(case, actor, basis, self.grounds)
        if refused:
            raise problem_from(refused)
        return answer(await self._erase(case, actor, basis, key, request.scope.get("banjie.traceparent")))

    async def _erase(
        self, case: Case, actor: Actor, basis: str, key: str, trace: str | None
    ) -> Done | Refusal:
        """First the log says so, then the key goes: whoever dies in between leaves a case that shows nothing any more,
        and the same call again destroys the key."""
        asked = fingerprint(b"erase", case.id.bytes, basis.encode())
        gone = erased_already(case)
        if gone and not await self.store.answered(person_key(key), asked):
            await self.vault.erase(case.id, self.clock())
            return gone
        change = Change(case.id, Whatever(), (ContentErased(basis=basis),))
        speaker = Speaker(Service.RECORDS, actor, trace)
        said = await self.store.append([change], speaker, key=person_key(key), fingerprint=asked)
        if isinstance(said, Refusal):
            return said
        await self.vault.erase(case.id, self.clock())
        return Done(case.id, said.spans[0].last_seq, said.spans[0].rev, said.already)
