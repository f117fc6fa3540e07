"""A report over HTTP: JSON, or multipart with a JSON part `report` and up to three files `photo`."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from libs.casework.refusal import Refusal, Why
from libs.plumbing.pictures import MAX_BYTES
from libs.plumbing.problems import Problem
from libs.stages.http import problem_from
from libs.stages.uploads import as_jpeg
from services.intake.bodies import Report

MAX_PHOTOS = 3
MAX_REPORT = 64 * 1024
MAX_REQUEST = MAX_PHOTOS * MAX_BYTES + MAX_REPORT + 16 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request brought: the report, and photos as JPEG written by ourselves, in order."""

    report: Report
    photos: tuple[bytes, ...] = ()


async def read_upload(request: Request) -> Upload:
    """The report in a request. Raises `Problem` or `RequestValidationError` for what cannot be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return Upload(_report(await _json(request)))
    if kind != "multipart/form-data":
        raise Problem("wrong_media_type", "send application/json or multipart/form-data")
    async with request.form(max_files=MAX_PHOTOS, max_fields=1, max_part_size=MAX_REPORT) as form:
        report = _report(await _part(form))
        return Upload(report, tuple([await _photo(file) for file in _files(form)]))


async def _json(request: Request) -> bytes:
    body = await request.body()
    if len(body) > MAX_REPORT:
        raise Problem("too_large", f"a report has at most {MAX_REPORT} bytes", limit=MAX_REPORT)
    return body


async def _part(form: FormData) -> bytes:
    part = form.get("report")
    if part is None:
        raise problem_from(Refusal(Why.INVALID, "the part report is missing", field="report"))
    return part.encode() if isinstance(part, str) else await part.read(MAX_REPORT)


def _files(form: FormData) -> Sequence[UploadFile]:
    others = sorted(set(form) - {"report", "photo"})
    if others:
        allowed = ("report", "photo")
        raise problem_from(Refusal(Why.INVALID, "an unknown part", field=others[0][:64], allowed=allowed))
    files = form.getlist("photo")
    if not all(isinstance(file, UploadFile) for file in files):
        raise problem_from(Refusal(Why.INVALID, "a photo is sent as a file", field="photo"))
    return [file for file in files if isinstance(file, UploadFile)]


async def _photo(file: UploadFile) -> bytes:
    picture = await as_jpeg(await file.read(MAX_BYTES + 1))
    if isinstance(picture, Refusal):
        raise problem_from(picture)
    return picture


def _report(body: bytes) -> Report:
    try:
        return Report.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        if errors[0]["type"] == "json_invalid":
            raise Problem("bad_json", errors[0]["msg"]) from None
        raise RequestValidationError(errors) from None
