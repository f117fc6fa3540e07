"""The HTTP door of the stage services: a route for every command, and refusals as problem details (RFC 9457).

`POST /v1/cases/{case_id}/<command>` with `Idempotency-Key`, and `If-Match: "<rev>"` when the person decides on what they
saw: then a case that has moved on since is refused as stale. Without it the lifecycle table alone judges.
"""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel
from pydantic_core import to_json

from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.plumbing.access import Caller, CommandKey
from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem
from libs.stages.commands import Body, Command, CommandKind, CommandTable, Desk
from libs.stages.outcome import Done, Outcome
from libs.stages.scope import DISTRICT_ROLES

# why: status, title, title_zh
PROBLEMS: dict[Why, tuple[int, str, str]] = {
    Why.UNKNOWN_CASE: (404, "There is no such case here", "未找到该案件"),
    Why.NOT_THIS_STAGE: (
        409,
        "The case is not at a stage where this can happen",
        "案件当前环节不能进行此操作",
    ),
    Why.STALE: (409, "The case has moved on since you looked", "案件已有变化,请刷新后再试"),
    Why.CASE_EXISTS: (409, "The case exists already", "案件已存在"),
    Why.KEY_REUSED: (
        422,
        "This Idempotency-Key was used for something else",
        "Idempotency-Key 已用于其他请求",
    ),
    Why.INVALID: (422, "Some fields are not right", "部分字段填写有误"),
    Why.FROM_THE_FUTURE: (422, "A time lies in the future", "时间晚于当前时间"),
    Why.NOT_ALLOWED: (403, "You may not do this", "您无权进行此操作"),
    Why.TOO_LARGE: (413, "What was sent is too large", "提交内容过大"),
    Why.TOO_MANY: (429, "Too many requests", "请求过于频繁,请稍后再试"),
    Why.BLOCKED: (403, "Reports from you are not taken for now", "暂不受理您的上报"),
    Why.ERASED: (410, "The personal content was erased", "个人信息已删除"),
    Why.NOT_THIS_SERVICE: (500, "Something went wrong on our side", "服务内部出错"),
    Why.UNKNOWN_EVENT: (500, "Something went wrong on our side", "服务内部出错"),
}


class Answer(BaseModel):
    """What a command answers: where the case stands now. `already`: this is the first answer again."""

    case_id: UUID
    seq: int
    rev: int
    already: bool


def problem_from(refusal: Refusal) -> Problem:
    """The refusal as a problem to raise: its code, and stage, attempted step, field and what is allowed, where known."""
    status, title, title_zh = PROBLEMS[refusal.code]
    members: dict[str, Any] = {
        "stage": refusal.stage,
        "stage_zh": refusal.stage.zh if refusal.stage else None,
        "attempted": refusal.attempted,
        "field": refusal.field,
        "allowed": list(refusal.allowed) or None,
    }
    told = {name: value for name, value in members.items() if value is not None}
    return Problem(refusal.code, refusal.detail, status=status, title=title, title_zh=title_zh, **told)


def not_a_cursor(after: str, attempted: str) -> Problem:
    """What to raise for an `after` that no page has given."""
    detail = f"{after!r} is no cursor: take `after` of the page before as it stands"
    return problem_from(Refusal(Why.INVALID, detail, attempted=attempted, field="after"))


def actor_of(principal: Principal, roles: frozenset[Role], attempted: str) -> Actor | Refusal:
    """The principal as the log shows it, in the widest of its roles that may do this (a clerk before a grid worker)."""
    for role in reversed(Role):
        if role in roles and principal.has(role):
            return Actor(id=principal.id, role=role, office=principal.office, unit=principal.unit)
    allowed = tuple(sorted(roles))
    detail = f"{attempted} needs one of the roles {', '.join(allowed)}"
    return Refusal(Why.NOT_ALLOWED, detail, attempted=attempted, allowed=allowed)


def office_of(caller: Principal, asked: str | None) -> str | None:
    """The office that a caller reads: the own one, or for auditors and administrators what they ask for (None: all)."""
    return asked if caller.has(*DISTRICT_ROLES) else caller.office


async def offices_for(
    caller: Principal, asked: str | None, known: Callable[[], Awaitable[Sequence[str]]]
) -> Sequence[str]:
    """The offices of which a caller is shown a list; none when another office is asked for that is hidden from them. `known`:
    all there are, for those who see every office and ask for none."""
    if caller.has(*DISTRICT_ROLES):
        return (asked,) if asked else await known()
    return (caller.office,) if asked in (None, caller.office) else ()


def person_key(key: str) -> str:
    """The append key of a person's wish: apart from the keys of publishers and of services."""
    return f"person:{key}"


def fingerprint(*parts: bytes) -> bytes:
    """SHA-256 of what was asked for: the same key with other content is a reuse, not a retry."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


async def seen_rev(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """The `rev` in `If-Match`, with or without quotes; None when there is none or it is `*`."""
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise problem_from(Refusal(Why.INVALID, 'If-Match: "<rev>", a number', field="If-Match"))
    return int(digits)


SeenRev = Annotated[int | None, Depends(seen_rev)]
CaseId = Annotated[UUID, Path(description="UUIDv7 of the case")]


def command_routes(table: CommandTable, desk: Desk) -> APIRouter:
    """One POST route for each command of the table, under `/v1/cases/{case_id}/`."""
    router = APIRouter(prefix="/v1/cases/{case_id}", tags=["commands"])
    for kind in table.values():
        router.add_api_route(
            f"/{kind.name.replace('_', '-')}",
            _endpoint(kind, desk),
            methods=["POST"],
            name=kind.name,
            summary=f"{kind.zh} · {kind.name}",
            description=f"For {', '.join(sorted(kind.roles))}.",
            response_model=None,
            responses={200: {"model": Answer}},
        )
    return router


def _endpoint(kind: CommandKind, desk: Desk) -> Callable[..., Awaitable[Response]]:
    async def endpoint(
        case_id: CaseId, request: Request, caller: Caller, key: CommandKey, rev: SeenRev, body: Body
    ) -> Response:
        command = command_from(kind, case_id, caller, key, body, rev, request.scope.get("banjie.traceparent"))
        if isinstance(command, Refusal):
            raise problem_from(command)
        return answer((await desk.run([command]))[0])

    endpoint.__annotations__["body"] = kind.body
    return endpoint


def command_from(
    kind: CommandKind,
    case_id: UUID,
    caller: Principal,
    key: str,
    body: Body,
    rev: int | None = None,
    trace: str | None = None,
) -> Command | Refusal:
    """The command that `caller` gives, or that none of the caller's roles may give it. `key` as `CommandKey` reads it."""
    actor = actor_of(caller, kind.roles, kind.name)
    if isinstance(actor, Refusal):
        return actor
    asked = (kind.name.encode(), case_id.bytes, body.model_dump_json().encode(), str(rev).encode())
    area = frozenset(caller.grids + caller.communities)
    return Command(
        kind, case_id, actor, body, person_key(key), fingerprint(*asked), rev, trace=trace, area=area
    )


def answer(outcome: Outcome) -> Response:
    """Done as 200 with the new seq and rev (and the rev as ETag); a refusal is raised as a problem."""
    if isinstance(outcome, Done):
        told = Answer(case_id=outcome.case_id, seq=outcome.seq, rev=outcome.rev, already=outcome.already)
        return Response(to_json(told), 200, {"ETag": f'"{outcome.rev}"'}, "application/json")
    raise problem_from(outcome)
