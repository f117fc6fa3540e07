"""Wishes of whoever has a receipt code: bounded, because nobody has to sign in to have one carried out."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from libs.casestore.content import ContentVault
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.events.intake import DetailsAdded
from libs.casework.lifecycle import step
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.plumbing.access import checked_key
from libs.plumbing.limits import body_limit
from libs.plumbing.pictures import MAX_BYTES
from libs.stages.commands import Body, Command, CommandKind
from libs.stages.http import problem_from
from libs.stages.residents import HOLDER, ByReceipt, slowed
from libs.stages.uploads import PhotoStored, as_jpeg, photo_answer, take_photo

MOST_ADDITIONS = 50
MOST_PHOTOS = 60
ATTEMPTED = "photo"


class Holders(ByReceipt):
    """Words a holder's wish as a command; a case takes so many additions and no more."""

    def __init__(self, store: CaseStore, most: int = MOST_ADDITIONS) -> None:
        super().__init__(store)
        self._log, self._most = store, most

    async def command(
        self, kind: CommandKind, typed: str, body: Body, key: str, trace: str | None = None
    ) -> Command | Refusal:
        """The command, or why there is none."""
        command = await super().command(kind, typed, body, key, trace)
        if isinstance(command, Refusal) or kind.name != "details":
            return command
        return await self._too_many(command) or command

    async def _too_many(self, command: Command) -> Refusal | None:
        if await self._log.count(command.case_id, DetailsAdded.name()) < self._most:
            return None
        if await self._log.answered(command.key, command.fingerprint):
            return None
        detail = f"a report is added to {self._most} times at most; please call the office"
        return Refusal(Why.TOO_MANY, detail, attempted=command.kind.name)


class HolderPhotos:
    """`POST /v1/details/photos` with the header `Receipt-Code`: a photo for an addition that will name it."""

    def __init__(self, holders: Holders, vault: ContentVault, photos: PhotoStore) -> None:
        self._holders, self._vault, self._photos = holders, vault, photos

    def router(self) -> APIRouter:
        """The route, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["residents"])
        picture = {"schema": {"type": "string", "format": "binary"}}
        routes.add_api_route(
            "/details/photos",
            self.upload,
            methods=["POST"],
            summary="补充照片 · upload a photo, with the receipt code",
            response_model=None,
            responses={200: {"model": PhotoStored}, 201: {"model": PhotoStored}},
            openapi_extra={"requestBody": {"required": True, "content": {"image/*": picture}}},
        )
        return routes

    @body_limit(MAX_BYTES)
    async def upload(
        self,
        request: Request,
        receipt_code: Annotated[str, Header(max_length=64)] = "",
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        """A JPEG, PNG or WebP of at most 8 MB. 201 once, 200 when sent again under the same key."""
        slowed(request)
        key = checked_key(idempotency_key, HOLDER)
        found = await self._holders.case(receipt_code, ATTEMPTED)
        if isinstance(found, Refusal):
            raise problem_from(found)
        jpeg = await self._no_more(found[0]) or await as_jpeg(await request.body())
        if isinstance(jpeg, Refusal):
            raise problem_from(jpeg)
        return photo_answer(await take_photo(self._vault, self._photos, found[0].id, key, jpeg))

    async def _no_more(self, case: Case) -> Refusal | None:
        """Nothing is added to what has ended, and no case is filled with pictures."""
        row = step(case.stage, DetailsAdded.name(), Service.INTAKE)
        if isinstance(row, Refusal):
            return row
        if await self._photos.count(case.id) < MOST_PHOTOS:
            return None
        detail = f"a case has at most {MOST_PHOTOS} photos; please call the office"
        return Refusal(Why.TOO_MANY, detail, case.stage, ATTEMPTED)
