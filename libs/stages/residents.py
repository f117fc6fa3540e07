"""Commands of whoever has a receipt code, over HTTP, without an account: the command's body with `receipt` beside it.

`POST /v1/<path>` with `Idempotency-Key`. Tries of codes are counted for each address in this process.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from pydantic import Field, create_model

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.plumbing.access import checked_key
from libs.plumbing.limits import RateLimits
from libs.stages.commands import Body, Command, CommandKind, Desk
from libs.stages.http import Answer, answer, fingerprint, person_key, problem_from
from libs.stages.receipts import read_code, receipt_claim

HOLDER = "receipt-holder"
"""How whoever has the receipt code stands in the log."""

# A code has 60 bits: nobody guesses one, and nobody needs to try more often than this.
tries = RateLimits(of_principal="600/minute", of_address="20/minute")

Key = Annotated[str | None, Header()]
Code = Annotated[str, Field(max_length=64, description="receipt code, however it was typed")]


class Finds(Protocol):
    """Words the wish of a code's holder as a command: `ByReceipt`, or a service's own that looks at more."""

    async def command(
        self, kind: CommandKind, typed: str, body: Body, key: str, trace: str | None = None
    ) -> Command | Refusal:
        """The command, or why there is none."""
        ...


class ByReceipt:
    """Finds the case of a receipt code and words the holder's wish as a command."""

    def __init__(self, store: CaseStore) -> None:
        self._store = store

    async def command(
        self, kind: CommandKind, typed: str, body: Body, key: str, trace: str | None = None
    ) -> Command | Refusal:
        """The command, or why there is none. `key` is the request's idempotency key."""
        found = await self.case(typed, kind.name)
        if isinstance(found, Refusal):
            return found
        case, claim = found
        actor = Actor(id=HOLDER, role=Role.RESIDENT, office=case.office)
        asked = fingerprint(kind.name.encode(), case.id.bytes, body.model_dump_json().encode())
        return Command(kind, case.id, actor, body, person_key(f"{claim}/{key}"), asked, trace=trace)

    async def case(self, typed: str, attempted: str) -> tuple[Case, str] | Refusal:
        """The code's case with the claim that it was found by, or why there is none."""
        code = read_code(typed)
        if isinstance(code, Refusal):
            return replace(code, attempted=attempted, field="receipt")
        claim = receipt_claim(code)
        case_id: UUID | None = await self._store.claimed(claim)
        case = (await self._store.load([case_id])).get(case_id) if case_id else None
        if case is None:
            return Refusal(Why.UNKNOWN_CASE, "no report has this code", attempted=attempted, field="receipt")
        return case, claim


def slowed(request: Request) -> None:
    """Count a try of a code; raises the 429 of whoever has tried too often."""
    limited = tries.refused(None, request.client.host if request.client else "unknown")
    if limited:
        raise limited


def receipt_routes(kinds: Mapping[str, CommandKind], finds: Finds, desk: Desk) -> APIRouter:
    """One POST route for each path (`ratings`), under `/v1/`."""
    routes = APIRouter(prefix="/v1", tags=["residents"])
    for path, kind in kinds.items():
        routes.add_api_route(
            f"/{path}",
            _endpoint(kind, finds, desk),
            methods=["POST"],
            name=f"{kind.name} by receipt",
            summary=f"{kind.zh} · {kind.name}, with the receipt code",
            response_model=None,
            responses={200: {"model": Answer}},
        )
    return routes


def _endpoint(kind: CommandKind, finds: Finds, desk: Desk) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, body: Any, idempotency_key: Key = None) -> Response:
        slowed(request)
        key = checked_key(idempotency_key, HOLDER)
        wish = kind.body(**body.model_dump(exclude={"receipt"}))
        trace = request.scope.get("banjie.traceparent")
        command = await finds.command(kind, body.receipt, wish, key, trace)
        if isinstance(command, Refusal):
            raise problem_from(command)
        return answer((await desk.run([command]))[0])

    endpoint.__annotations__["body"] = create_model(
        f"Receipt{kind.body.__name__}", __base__=kind.body, receipt=(Code, ...)
    )
    return endpoint
