"""HTTP in: many reports in one request, each with a result of its own; what was wrong with one harms no other."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.casework.refusal import Refusal
from libs.plumbing.access import checked_key, require
from libs.plumbing.limits import body_limit
from libs.plumbing.principals import Principal
from libs.stages.doors import detail_of
from libs.stages.http import person_key
from libs.stages.messages import refusal_from
from libs.stages.outcome import Done, Outcome
from libs.stages.receipts import Receipts
from services.intake.bodies import Part, Report
from services.intake.handlers import Intake, Wish, asked_for
from services.intake.reporters import person

MOST = 200
MAX_BATCH = 4 * 1024 * 1024
Sender = Annotated[
    Principal, Depends(require("grid_worker", "clerk", "supervisor", "administrator", "system"))
]


class Item(Part):
    """One report with the key that is its `Idempotency-Key`: the same key again, alone or in a batch, is the same report."""

    key: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$")]
    report: Report


class Batch(BaseModel):
    """1 to 200 items; each is judged by itself."""

    model_config = ConfigDict(extra="forbid")

    reports: Annotated[list[Any], Field(min_length=1, max_length=MOST)]


class Result(BaseModel):
    """What became of one item, by its place from 0 and its key. A refusal says `code`, `detail`, `field`, `allowed`."""

    index: int
    key: str | None
    outcome: Literal["accepted", "duplicate", "refused"]
    case_id: UUID | None = None
    number: str | None = None
    receipt: str | None = None
    seq: int | None = None
    code: str | None = None
    detail: str | None = None
    field: str | None = None
    allowed: tuple[str, ...] = ()


class Results(BaseModel):
    """How many came to which end, and each, in the order in which they were sent."""

    accepted: int
    duplicate: int
    refused: int
    results: list[Result]


class BatchDoor:
    """The endpoint."""

    def __init__(self, intake: Intake, receipts: Receipts) -> None:
        self._intake, self._receipts = intake, receipts

    def router(self) -> APIRouter:
        """The route, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["reports"])
        schema = {"properties": {"reports": {"items": Item.model_json_schema()}}}
        routes.add_api_route(
            "/reports/batch",
            self.batch,
            methods=["POST"],
            summary="批量上报 · report many",
            openapi_extra={"requestBody": {"content": {"application/json": {"schema": schema}}}},
        )
        return routes

    @body_limit(MAX_BATCH)
    async def batch(self, request: Request, caller: Sender, body: Batch) -> Results:
        """For staff, grid workers and systems. Always 200 once it can be read: look at each result.

        Safe to send again, whole or in part: what was taken in is a `duplicate` then, and uses up no number.
        """
        trace = request.scope.get("banjie.traceparent")
        wishes = [await self._wish(raw, caller, trace) for raw in body.reports]
        opened = iter(await self._intake.open_once([each for each in wishes if isinstance(each, Wish)]))
        outcomes = [next(opened) if isinstance(each, Wish) else each for each in wishes]
        return self._told(body.reports, outcomes)

    async def _wish(self, raw: Any, caller: Principal, trace: str | None) -> Wish | Refusal:
        try:
            item = Item.model_validate(raw)
        except ValidationError as error:
            return refusal_from(error)
        opening = self._intake.take_in(item.report, person(caller))
        if isinstance(opening, Refusal):
            return opening
        key = person_key(checked_key(item.key, caller.id))
        return await self._intake.welcome(Wish(opening, key, asked_for(item.report), trace), item.report)

    def _told(self, sent: Sequence[Any], outcomes: Sequence[Outcome]) -> Results:
        results = [
            self._result(index, _key(raw), outcome)
            for index, (raw, outcome) in enumerate(zip(sent, outcomes, strict=True))
        ]
        came = [each.outcome for each in results]
        return Results(
            accepted=came.count("accepted"),
            duplicate=came.count("duplicate"),
            refused=came.count("refused"),
            results=results,
        )

    def _result(self, index: int, key: str | None, outcome: Outcome) -> Result:
        if isinstance(outcome, Done):
            return Result(
                index=index,
                key=key,
                outcome="duplicate" if outcome.already else "accepted",
                case_id=outcome.case_id,
                number=outcome.number,
                receipt=self._receipts.code_of(outcome.case_id),
                seq=outcome.seq,
            )
        return Result(
            index=index,
            key=key,
            outcome="refused",
            code=outcome.code,
            detail=detail_of(outcome),
            field=outcome.field,
            allowed=outcome.allowed,
        )


def _key(raw: Any) -> str | None:
    key = raw.get("key") if isinstance(raw, dict) else None
    return key[:128] if isinstance(key, str) else None
