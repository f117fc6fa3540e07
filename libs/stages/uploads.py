"""Photos as evidence: uploaded to a case before the command that shows them.

`POST /v1/cases/{case_id}/photos` with the picture as the body. The key names the photo, so a retry stores nothing twice.
"""

import asyncio
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel
from pydantic_core import to_json

from libs.casestore.content import CaseKey, ContentVault
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.plumbing.access import Caller, CommandKey
from libs.plumbing.limits import body_limit
from libs.plumbing.pictures import MAX_BYTES, NotAPicture, reencoded, thumbnail
from libs.plumbing.principals import Principal
from libs.stages.http import CaseId, actor_of, problem_from
from libs.stages.scope import hidden, outside

ATTEMPTED = "photo"
# Decoding takes a second of a core and up to 100 MB: two at a time leave room for everybody else.
_decoding = asyncio.Semaphore(2)


class PhotoStored(BaseModel):
    """The photo's id, for `evidence`. `already`: it was there before this call."""

    photo_id: UUID
    already: bool


async def as_jpeg(data: bytes) -> bytes | Refusal:
    """The picture written again by ourselves, bare, or why not."""
    async with _decoding:
        picture = await asyncio.to_thread(reencoded, data)
    if isinstance(picture, NotAPicture):
        code = Why.TOO_LARGE if picture.too_large else Why.INVALID
        return Refusal(code, picture.detail, attempted=ATTEMPTED, field=ATTEMPTED)
    return picture


async def keep_photo(photos: PhotoStore, key: CaseKey, photo_id: UUID, jpeg: bytes) -> ContentRef:
    """Store a picture that `as_jpeg` has written, with its thumbnail; the reference is for the event that will name it."""
    async with _decoding:
        small = await asyncio.to_thread(thumbnail, jpeg)
    return await photos.put(key, photo_id, jpeg, small)


class PhotoDoor:
    """The endpoint, for those whose `roles` may show evidence to this service."""

    def __init__(
        self, store: CaseStore, vault: ContentVault, photos: PhotoStore, roles: frozenset[Role]
    ) -> None:
        self._store = store
        self._vault = vault
        self._photos = photos
        self._roles = roles

    def router(self) -> APIRouter:
        """The route, under `/v1/cases/{case_id}/photos`."""
        routes = APIRouter(prefix="/v1/cases/{case_id}", tags=["photos"])
        picture = {"schema": {"type": "string", "format": "binary"}}
        routes.add_api_route(
            "/photos",
            self.upload,
            methods=["POST"],
            summary="上传照片 · upload a photo",
            response_model=None,
            responses={200: {"model": PhotoStored}, 201: {"model": PhotoStored}},
            openapi_extra={"requestBody": {"required": True, "content": {"image/*": picture}}},
        )
        return routes

    @body_limit(MAX_BYTES)
    async def upload(self, case_id: CaseId, request: Request, caller: Caller, key: CommandKey) -> Response:
        """A JPEG, PNG or WebP of at most 8 MB. 201 once, 200 when sent again under the same key."""
        refused = await self._out_of_reach(case_id, caller)
        jpeg = refused or await as_jpeg(await request.body())
        if isinstance(jpeg, Refusal):
            raise problem_from(jpeg)
        return photo_answer(await take_photo(self._vault, self._photos, case_id, key, jpeg))

    async def _out_of_reach(self, case_id: UUID, caller: Principal) -> Refusal | None:
        actor = actor_of(caller, self._roles, ATTEMPTED)
        if isinstance(actor, Refusal):
            return actor
        case: Case | None = (await self._store.load([case_id])).get(case_id)
        if case is None:
            return Refusal(Why.UNKNOWN_CASE, f"no case {case_id}", attempted=ATTEMPTED)
        area = frozenset(caller.grids + caller.communities)
        return hidden(case, actor) or outside(case, actor, area, ATTEMPTED)


async def take_photo(
    vault: ContentVault, photos: PhotoStore, case_id: UUID, key: str, jpeg: bytes
) -> PhotoStored | Refusal:
    """Seal and store the picture under the case's key; the same `key` again is answered as the first time."""
    case_key = (await vault.keys([case_id])).get(case_id)
    if case_key is None:
        return Refusal(Why.ERASED, "the personal content of this case was erased", attempted=ATTEMPTED)
    photo_id = uuid5(case_id, key)
    before = (await photos.refs({photo_id: case_id})).get(photo_id)
    if before is None:
        await keep_photo(photos, case_key, photo_id, jpeg)
    elif before.digest != case_key.digest(jpeg):
        return _reused(key)
    return PhotoStored(photo_id=photo_id, already=before is not None)


def photo_answer(stored: PhotoStored | Refusal) -> Response:
    """201 once, 200 when it was there; a refusal is raised as a problem."""
    if isinstance(stored, Refusal):
        raise problem_from(stored)
    return Response(to_json(stored), 200 if stored.already else 201, media_type="application/json")


def _reused(key: str) -> Refusal:
    return Refusal(Why.KEY_REUSED, "this key was used for another photo; take a new one", field="key")
