"""Problem details (RFC 9457) for everything that is not a success, in English and Chinese."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
URN = "urn:banjie:problem:"

# code: status, title, title_zh
KNOWN: Mapping[str, tuple[int, str, str]] = {
    "bad_request": (400, "The request cannot be read", "请求无法读取"),
    "bad_json": (400, "The body is not valid JSON", "请求内容不是有效的 JSON"),
    "idempotency_key_missing": (400, "The Idempotency-Key header is missing", "缺少 Idempotency-Key 请求头"),
    "idempotency_key_bad": (400, "The Idempotency-Key header is malformed", "Idempotency-Key 请求头格式不对"),
    "unauthenticated": (401, "Sign in first", "请先登录"),
    "forbidden": (403, "Your role does not allow this", "您的角色无权进行此操作"),
    "not_found": (404, "There is no such thing here", "未找到"),
    "method_not_allowed": (405, "This cannot be done here", "此处不支持该方法"),
    "not_acceptable": (406, "This form is not available", "不提供该格式"),
    "conflict": (409, "Something else happened first", "状态已变更,请刷新后再试"),
    "too_large": (413, "The body is too large", "提交内容过大"),
    "wrong_media_type": (415, "This kind of content is not read here", "不支持该内容类型"),
    "invalid": (422, "Some fields are not right", "部分字段填写有误"),
    "too_many_requests": (429, "Too many requests", "请求过于频繁,请稍后再试"),
    "internal": (500, "Something went wrong on our side", "服务内部出错"),
    "unavailable": (503, "A part of the service is away", "服务暂不可用,请稍后再试"),
    "too_slow": (503, "The answer took too long", "处理超时,请稍后再试"),
}
BOUNDS = (
    "expected",
    "pattern",
    "min_length",
    "max_length",
    "ge",
    "gt",
    "le",
    "lt",
    "multiple_of",
    "decimal_places",
)
"""What of pydantic's context says what is allowed; the rest of it (class names, parsers' words) helps nobody outside."""
_BY_STATUS = {400: "bad_request", 503: "unavailable"} | {
    status: code for code, (status, _, _) in KNOWN.items() if status not in (400, 503)
}


class Problem(HTTPException):
    """What an endpoint raises to say no.

    A code of `KNOWN` brings its status and titles; any other needs `status` and should give both titles.
    `members` are further JSON members of the answer, for example `stage="closed"`.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        title: str | None = None,
        title_zh: str | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        known = KNOWN.get(code, (status or 500, code.replace("_", " "), code))
        super().__init__(status or known[0], detail, dict(headers or {}))
        self.code = code
        self.title = title or known[1]
        self.title_zh = title_zh or known[2]
        self.members = members

    def document(self, trace_id: str | None = None) -> dict[str, Any]:
        """The members of the answer: type, title, title_zh, status, detail, trace_id and the further ones."""
        found: dict[str, Any] = {
            "type": f"{URN}{self.code}",
            "title": self.title,
            "title_zh": self.title_zh,
            "status": self.status_code,
        }
        if self.detail:
            found["detail"] = self.detail
        if trace_id:
            found["trace_id"] = trace_id
        return {**self.members, **found}

    def response(self, trace_id: str | None = None) -> Response:
        """The answer as application/problem+json."""
        content = json.dumps(self.document(trace_id), ensure_ascii=False, default=str)
        return Response(content, self.status_code, self.headers, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Let every refusal of the framework leave as problem details."""

    async def on_problem(request: Request, error: Exception) -> Response:
        found = error if isinstance(error, Problem) else from_http(error)
        return found.response(request.scope.get("banjie.trace_id"))

    async def on_invalid(request: Request, error: Exception) -> Response:
        found = from_validation(error, request.headers.get("content-type", ""))
        return found.response(request.scope.get("banjie.trace_id"))

    app.add_exception_handler(HTTPException, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)


def from_http(error: Exception) -> Problem:
    """The problem for a plain HTTPException of the framework."""
    if not isinstance(error, HTTPException):
        return Problem("internal")
    code = _BY_STATUS.get(error.status_code, f"http_{error.status_code}")
    detail = error.detail if error.status_code == 400 else ""
    return Problem(code, detail, status=error.status_code, headers=error.headers)


def from_validation(error: Exception, content_type: str) -> Problem:
    """The problem for a request that does not fit: each field, what was wrong, what is allowed. Never the input."""
    found: Sequence[Mapping[str, Any]] = error.errors() if isinstance(error, RequestValidationError) else []
    if any(one["type"] == "json_invalid" for one in found):
        return Problem("bad_json", f"not JSON from character {found[0]['loc'][-1]} on")
    body_unread = any(tuple(one["loc"]) == ("body",) and one["type"].endswith("_type") for one in found)
    if body_unread and "json" not in content_type:
        return Problem("wrong_media_type", "send application/json")
    errors = [_field(one) for one in found]
    detail = "; ".join(f"{one['field']}: {one['detail']}" for one in errors[:5])
    return Problem("invalid", detail, errors=errors)


def _field(one: Mapping[str, Any]) -> dict[str, Any]:
    context = one.get("ctx") or {}
    allowed = {name: context[name] for name in BOUNDS if isinstance(context.get(name), (str, int, float))}
    field = {
        "field": ".".join(str(step) for step in one["loc"]) or "body",
        "code": str(one["type"]),
        "detail": str(one["msg"]).removeprefix("Value error, "),
    }
    return {**field, "allowed": allowed} if allowed else field
