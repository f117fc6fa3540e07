"""HTTP in for residents: rate a closed case or have it taken up again, with the receipt code. No account.

The commands of the office have their routes from their table.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from pydantic import Field

from libs.casework.refusal import Refusal
from libs.plumbing.access import checked_key
from libs.plumbing.limits import RateLimits
from libs.stages.commands import Body, CommandKind, CommandTable, Desk
from libs.stages.http import Answer, answer, problem_from
from services.closure.bodies import Rating, Reopening
from services.closure.handlers import HOLDER, ByReceipt

# A code has 60 bits: nobody guesses one, and nobody needs to try more often than this.
_tries = RateLimits(of_principal="600/minute", of_address="20/minute")

Key = Annotated[str | None, Header()]
Code = Annotated[str, Field(max_length=64, description="receipt code, however it was typed")]


class ReceiptRating(Rating):
    """How it went, from whoever has the receipt code."""

    receipt: Code


class ReceiptReopening(Reopening):
    """Why it is not over, from whoever has the receipt code."""

    receipt: Code


class ResidentDoor:
    """The endpoints for residents."""

    def __init__(self, table: CommandTable, by_receipt: ByReceipt, desk: Desk) -> None:
        self._table, self._by_receipt, self._desk = table, by_receipt, desk

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["residents"])
        for path, endpoint, summary in (
            ("/ratings", self.rate, "评价 · rate how it went"),
            ("/reopenings", self.reopen, "重新办理 · have it taken up again"),
        ):
            routes.add_api_route(
                path,
                endpoint,
                methods=["POST"],
                summary=summary,
                response_model=None,
                responses={200: {"model": Answer}},
            )
        return routes

    async def rate(self, request: Request, body: ReceiptRating, idempotency_key: Key = None) -> Response:
        """Once for each closing."""
        wish = Rating(**body.model_dump(exclude={"receipt"}))
        return await self._run(request, self._table["rate"], body.receipt, wish, idempotency_key)

    async def reopen(self, request: Request, body: ReceiptReopening, idempotency_key: Key = None) -> Response:
        """Within the term after closing."""
        wish = Reopening(**body.model_dump(exclude={"receipt"}))
        return await self._run(request, self._table["reopen"], body.receipt, wish, idempotency_key)

    async def _run(
        self, request: Request, kind: CommandKind, receipt: str, wish: Body, raw_key: str | None
    ) -> Response:
        limited = _tries.refused(None, request.client.host if request.client else "unknown")
        if limited:
            raise limited
        key = checked_key(raw_key, HOLDER)
        trace = request.scope.get("banjie.traceparent")
        command = await self._by_receipt.command(kind, receipt, wish, key, trace)
        if isinstance(command, Refusal):
            raise problem_from(command)
        return answer((await self._desk.run([command]))[0])
