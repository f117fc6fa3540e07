"""What endpoints depend on: who asks, in what role, under which idempotency key."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from libs.plumbing.principals import Principal, checked_roles
from libs.plumbing.problems import Problem
from libs.plumbing.security import TokenRefused

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


async def principal_of(request: Request) -> Principal:
    """Who asks, from `Authorization: Bearer …`; 401 when missing, forged, expired or revoked."""
    found = request.scope.get("banjie.principal")
    if isinstance(found, Principal):
        return found
    if isinstance(found, TokenRefused):
        challenge = f'Bearer error="invalid_token", error_description="{found.detail}"'
        raise Problem(
            "unauthenticated", found.detail, headers={"WWW-Authenticate": challenge}, reason=found.code
        )
    raise Problem(
        "unauthenticated", "send Authorization: Bearer <token>", headers={"WWW-Authenticate": "Bearer"}
    )


async def maybe_principal_of(request: Request) -> Principal | None:
    """Who asks, None without a token; a bad token is still a 401."""
    if request.scope.get("banjie.principal") is None:
        return None
    return await principal_of(request)


def require(*roles: str) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency: the principal, who must have one of the roles; else 403 that names them."""
    allowed = checked_roles(roles)

    async def required(request: Request) -> Principal:
        principal = await principal_of(request)
        if principal.roles.isdisjoint(allowed):
            raise Problem("forbidden", f"needs one of: {', '.join(roles)}", allowed=list(roles))
        return principal

    return required


def checked_key(raw: str | None, owner: str, shortest: int = 1) -> str:
    """The key `<owner>/<raw>`, so that two owners never collide; 400 when missing or malformed.

    `shortest`: what many people share needs keys that no two of them come up with.
    """
    wanted = f"Idempotency-Key: {shortest} to 128 visible ASCII characters, best a new UUID for each request"
    if not raw:
        raise Problem("idempotency_key_missing", f"send {wanted}")
    if len(raw) < shortest or not _KEY.fullmatch(raw):
        raise Problem("idempotency_key_bad", wanted)
    return f"{owner}/{raw}"


async def idempotency_key(request: Request) -> str:
    """The caller's key for a command, in the name of the principal; 401 without one, 400 without a key."""
    principal = await principal_of(request)
    return checked_key(request.headers.get("idempotency-key"), principal.id)


Caller = Annotated[Principal, Depends(principal_of)]
MaybeCaller = Annotated[Principal | None, Depends(maybe_principal_of)]
CommandKey = Annotated[str, Depends(idempotency_key)]
