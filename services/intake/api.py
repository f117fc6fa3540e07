"""HTTP in: report something, follow it with the receipt code."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from libs.casestore.content import ContentVault
from libs.casestore.store import CaseStore
from libs.casework.case import Case, end_of
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Stage, Tie
from libs.plumbing.access import MaybeCaller, checked_key
from libs.plumbing.limits import body_limit
from libs.plumbing.principals import Principal
from libs.stages import residents
from libs.stages.commands import Text
from libs.stages.http import person_key, problem_from
from libs.stages.outcome import Done
from libs.stages.receipts import Receipts, read_code, receipt_claim
from services.intake.abuse import Abuse
from services.intake.bodies import Report
from services.intake.expected import Expectation
from services.intake.handlers import Intake, Wish, asked_for
from services.intake.marks import NOWHERE, Fingerprints, Mark
from services.intake.replying import Answers
from services.intake.reporters import ANONYMOUS, person
from services.intake.tracking import Told, Tracking, for_the_reporter, tracking
from services.intake.uploads import MAX_REQUEST, read_upload

UNGUESSABLE = 16
"""Characters that a key must have without an account: everybody shares those keys, and the answer holds a receipt code."""


class Receipt(BaseModel):
    """A report was received. Keep `receipt`: with it the report can be followed and rated."""

    case_id: UUID
    number: str
    receipt: str
    stage: Stage
    seq: int


class Code(BaseModel):
    """A receipt code, however it was typed."""

    model_config = ConfigDict(extra="forbid")

    code: str


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Report.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["report"],
                    "properties": {
                        "report": Report.model_json_schema(),
                        "photo": {
                            "type": "array",
                            "maxItems": 3,
                            "items": {"type": "string", "format": "binary"},
                        },
                    },
                }
            },
        },
    }
}


class ReportDoor:
    """The endpoints of intake."""

    def __init__(
        self,
        intake: Intake,
        receipts: Receipts,
        store: CaseStore,
        vault: ContentVault,
        abuse: Abuse,
        prints: Fingerprints,
        answers: Answers,
        expectation: Expectation,
    ) -> None:
        self._intake = intake
        self._answers = answers
        self._receipts = receipts
        self._store = store
        self._vault = vault
        self._abuse = abuse
        self._prints = prints
        self._expectation = expectation

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["reports"])
        routes.add_api_route(
            "/reports",
            self.report,
            methods=["POST"],
            summary="受理上报 · report something",
            status_code=201,
            response_model=None,
            responses={200: {"model": Receipt}, 201: {"model": Receipt}},
            openapi_extra=_BODY,
        )
        summary = "查询进度 · follow a report"
        for method, endpoint in (("GET", self.track), ("POST", self.track_posted)):
            routes.add_api_route(
                "/track", endpoint, methods=[method], summary=summary, response_model_exclude_defaults=True
            )
        return routes

    @body_limit(MAX_REQUEST)
    async def report(
        self,
        request: Request,
        caller: MaybeCaller,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        """For everybody: without a token as a resident. 201 once; the same answer with 200 when sent again."""
        key, address = person_key(_key(idempotency_key, caller)), _address(request)
        upload = await read_upload(request)
        reporter = person(caller)
        if limited := self._abuse.refused(reporter, upload.report, address):
            raise limited
        opening = self._intake.take_in(upload.report, reporter)
        if isinstance(opening, Refusal):
            raise problem_from(opening)
        trace = request.scope.get("banjie.traceparent")
        asked = asked_for(upload.report, upload.photos)
        wish = Wish(opening, key, asked, trace, upload.photos, self._origin(caller, address))
        return self._received(await self._opened(wish, upload.report, address))

    async def _opened(self, wish: Wish, report: Report, address: str) -> Done:
        welcome = await self._intake.welcome(wish, report, address)
        outcome = welcome if isinstance(welcome, Refusal) else (await self._intake.open([welcome]))[0]
        if isinstance(outcome, Refusal):
            raise problem_from(outcome)
        return outcome

    def _origin(self, caller: Principal | None, address: str) -> tuple[Text, ...]:
        """Sealed with what has no sender, so that a clerk can block its address without anybody reading it."""
        return (
            () if caller or address == NOWHERE else (Text("origin", self._prints.of(Mark.ADDRESS, address)),)
        )

    def _received(self, done: Done) -> Response:
        receipt = Receipt(
            case_id=done.case_id,
            number=done.number or "",
            receipt=self._receipts.code_of(done.case_id),
            stage=Stage.REPORTED,
            seq=done.seq,
        )
        return Response(to_json(receipt), 200 if done.already else 201, media_type="application/json")

    async def track(
        self, request: Request, caller: MaybeCaller, receipt_code: Annotated[str | None, Header()] = None
    ) -> Tracking:
        """With the code in the header `Receipt-Code`; never in the address, which others may log."""
        return await self._tracked(request, caller, receipt_code or "")

    async def track_posted(self, request: Request, caller: MaybeCaller, body: Code) -> Tracking:
        """The same with the code in the body."""
        return await self._tracked(request, caller, body.code)

    async def _tracked(self, request: Request, caller: MaybeCaller, typed: str) -> Tracking:
        limited = residents.tries.refused(caller, _address(request))
        if limited:
            raise limited
        code = read_code(typed)
        if isinstance(code, Refusal):
            raise problem_from(code)
        case_id = await self._store.claimed(receipt_claim(code))
        cases = await self._store.load_with_originals([case_id]) if case_id else {}
        case = cases.get(case_id) if case_id else None
        if case is None:
            raise problem_from(Refusal(Why.UNKNOWN_CASE, "no report has this code", attempted="track"))
        original = end_of(case.id, cases)
        parts = [link.other for link in case.linked if link.how is Tie.SPLIT_INTO]
        own = await self._told(case)
        going_on = own if original is case else await self._told(original)
        return tracking(
            self._answers,
            own,
            None if going_on is own else going_on,
            [await self._told(part) for part in (await self._store.load(parts)).values()],
            await self._vault.read({case.id: for_the_reporter(own.log)}),
            self._expectation.of(going_on.log),
        )

    async def _told(self, case: Case) -> Told:
        return Told(case, await self._store.log(case.id))


def _address(request: Request) -> str:
    return request.client.host if request.client else NOWHERE


def _key(raw: str | None, caller: Principal | None) -> str:
    return checked_key(raw, caller.id) if caller else checked_key(raw, ANONYMOUS.id, UNGUESSABLE)
