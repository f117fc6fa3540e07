"""HTTP in: personal data of a case. For listed roles, for a stated purpose; the look is in the log before the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from pydantic_core import from_json

from libs.casestore.content import ContentVault
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import Change, Speaker, Whatever
from libs.casework.events.oversight import ContentViewed
from libs.casework.fields import FieldValue
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.plumbing.access import Caller
from libs.plumbing.pictures import MEDIA_TYPE
from libs.plumbing.principals import Principal
from libs.stages.bodies import Code
from libs.stages.commands import Body
from libs.stages.http import CaseId, actor_of, problem_from
from services.records.rules import PHOTO, VIEWERS, Grounds, Look, may_look, photos_in, wanted

NEVER_KEPT = {"Cache-Control": "no-store, private"}
_AS_DATA = frozenset({"point", "contact", "fields"})


class Asking(Body):
    """Why, and what; without kinds all words."""

    purpose: Code
    kinds: Annotated[tuple[Code, ...], Field(max_length=20)] = ()


class Piece(BaseModel):
    """One piece of content; `text` None: it cannot be read any more."""

    id: UUID
    kind: str
    text: str | None


class Content(BaseModel):
    """The words of a case in the order in which they came; the reported point, contact and private fields as data;
    photos by id.

    `seq`: the look itself in the case's log.
    """

    case_id: UUID
    seq: int
    texts: list[Piece]
    point: dict[str, Any] | None
    contact: dict[str, Any] | None
    fields: dict[str, FieldValue] | None
    photos: list[UUID]


@dataclass(frozen=True, slots=True)
class ContentDoor:
    """The endpoints that show personal data."""

    store: CaseStore
    vault: ContentVault
    photos: PhotoStore
    grounds: Grounds

    def router(self) -> APIRouter:
        """The routes, under `/v1/cases/{case_id}`."""
        routes = APIRouter(prefix="/v1/cases/{case_id}", tags=["content"])
        routes.add_api_route(
            "/content", self.content, methods=["POST"], summary="查阅 · look at personal data"
        )
        routes.add_api_route(
            "/photos/{photo_id}",
            self.photo,
            methods=["GET"],
            summary="查看照片 · look at a photo",
            response_class=Response,
            responses={200: {"content": {MEDIA_TYPE: {}}}},
        )
        return routes

    async def content(
        self, case_id: CaseId, request: Request, response: Response, caller: Caller, body: Asking
    ) -> Content:
        """Every call is a look, and every look is in the log: there is no key to repeat one without a trace."""
        look = _look(caller, body.purpose, body.kinds)
        case = await self._case(case_id, look)
        named = await self.store.references(case_id)
        refs = wanted(named, body.kinds)
        kinds = tuple(dict.fromkeys(ref.kind for ref in refs))
        seq = await self._noted(case, look, kinds, request)
        found = await self.vault.read({case.id: refs})
        response.headers.update(NEVER_KEPT)
        pieces = [Piece(id=ref.id, kind=ref.kind, text=_text(found.get(ref.id))) for ref in refs]
        return _shown(case_id, seq, pieces, photos_in(named))

    async def photo(
        self,
        case_id: CaseId,
        photo_id: UUID,
        request: Request,
        caller: Caller,
        purpose: Annotated[Code, Query()],
        small: Annotated[bool, Query(description="its thumbnail")] = False,
    ) -> Response:
        """One photo as JPEG, whole or `small` (at most 320 px a side); a look like any other."""
        look = _look(caller, purpose, (PHOTO,))
        case = await self._case(case_id, look)
        if photo_id not in photos_in(await self.store.references(case_id)):
            raise _no_photo(case, photo_id)
        await self._noted(case, look, (PHOTO,), request)
        picture = await self.photos.read(case_id, photo_id, small=small)
        if picture is None:
            raise _no_photo(case, photo_id)
        return Response(picture, media_type=MEDIA_TYPE, headers=NEVER_KEPT)

    async def _case(self, case_id: UUID, look: Look) -> Case:
        case = (await self.store.load([case_id])).get(case_id)
        if case is None:
            raise problem_from(Refusal(Why.UNKNOWN_CASE, f"no case {case_id}", attempted="view"))
        refused = may_look(case, look, self.grounds)
        if refused:
            raise problem_from(refused)
        return case

    async def _noted(self, case: Case, look: Look, kinds: tuple[str, ...], request: Request) -> int:
        viewed = ContentViewed(kinds=kinds, purpose=look.purpose)
        speaker = Speaker(Service.RECORDS, look.actor, request.scope.get("banjie.traceparent"))
        noted = await self.store.append([Change(case.id, Whatever(), (viewed,))], speaker)
        if isinstance(noted, Refusal):
            raise problem_from(noted)
        return noted.spans[0].last_seq


def _look(caller: Principal, purpose: str, kinds: tuple[str, ...]) -> Look:
    actor = actor_of(caller, VIEWERS, "view")
    if isinstance(actor, Refusal):
        raise problem_from(actor)
    return Look(actor, frozenset(caller.grids + caller.communities), purpose, kinds)


def _no_photo(case: Case, photo_id: UUID) -> Exception:
    detail = f"no photo {photo_id} at this case"
    return problem_from(Refusal(Why.UNKNOWN_CASE, detail, case.stage, "view", field="photo_id"))


def _shown(case_id: UUID, seq: int, pieces: Sequence[Piece], photos: list[UUID]) -> Content:
    data = {piece.kind: from_json(piece.text) for piece in pieces if piece.kind in _AS_DATA and piece.text}
    return Content(
        case_id=case_id,
        seq=seq,
        texts=[piece for piece in pieces if piece.kind not in _AS_DATA],
        point=data.get("point"),
        contact=data.get("contact"),
        fields=data.get("fields"),
        photos=photos,
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode()
