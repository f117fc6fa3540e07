"""Signed tokens: JWTs with Ed25519 (RFC 7519, RFC 8037, RFC 9864).

Claims: sub, roles, office, unit, grids, communities, jti, iat and exp (seconds).
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from libs.plumbing.principals import Principal, PrincipalError, checked, checked_roles
from libs.plumbing.settings import Settings

ALGORITHM = "Ed25519"
SECOND = 1_000_000
LONGEST_TOKEN = 4096
Reason = Literal["token_malformed", "token_forged", "token_expired", "token_revoked"]


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """Why a token was not accepted; never holds the token."""

    code: Reason
    detail: str


MALFORMED = TokenRefused("token_malformed", "the token is not a complete Banjie token")
FORGED = TokenRefused("token_forged", "the signature does not match this office's key")
EXPIRED = TokenRefused("token_expired", "the token has expired")
REVOKED = TokenRefused("token_revoked", "the token has been revoked")


def new_signing_key() -> dict[str, str]:
    """A new private Ed25519 key as a JWK (crv, x, d, kty)."""
    return {name: str(value) for name, value in OKPKey.generate_key("Ed25519").as_dict(private=True).items()}


def public_part(private_key: dict[str, str]) -> dict[str, str]:
    """The JWK without its private part: what a verifying service is given."""
    return {name: value for name, value in private_key.items() if name != "d"}


def sign(principal: Principal, private_key: dict[str, str], now: int, key_id: str) -> str:
    """A token for the principal until `principal.expires` (µs). `key_id` becomes `jti`: it can be revoked."""
    checked(principal)
    claims: dict[str, Any] = {
        "sub": principal.id,
        "roles": sorted(principal.roles),
        "office": principal.office,
        "unit": principal.unit,
        "grids": list(principal.grids),
        "communities": list(principal.communities),
        "jti": key_id,
        "iat": now // SECOND,
        "exp": principal.expires // SECOND,
    }
    header = {"alg": ALGORITHM, "typ": "JWT"}
    return jwt.encode(header, claims, _key(private_key), algorithms=[ALGORITHM])


class Verifier:
    """Checks tokens with the public key alone. Caches signatures by digest, never expiry or revocation."""

    def __init__(
        self, public_key: dict[str, str], revoked: Callable[[str], bool], remember: int = 10_000
    ) -> None:
        self._key = _key(public_part(public_key))
        self._revoked = revoked
        self._remember = remember
        self._known: OrderedDict[bytes, tuple[Principal, str]] = OrderedDict()

    def verify(self, token: str, now: int) -> Principal | TokenRefused:
        """The principal whom the token names, or why not. `now` in µs UTC."""
        digest = sha256(token.encode("utf-8", "replace")).digest()
        found = self._known.get(digest) or self._read(token)
        if isinstance(found, TokenRefused):
            return found
        principal, key_id = found
        if now >= principal.expires:
            self._known.pop(digest, None)
            return EXPIRED
        if self._revoked(key_id):
            return REVOKED
        self._keep(digest, found)
        return principal

    def _keep(self, digest: bytes, found: tuple[Principal, str]) -> None:
        self._known[digest] = found
        self._known.move_to_end(digest)
        if len(self._known) > self._remember:
            self._known.popitem(last=False)

    def _read(self, token: str) -> tuple[Principal, str] | TokenRefused:
        if len(token) > LONGEST_TOKEN or token.count(".") != 2:
            return MALFORMED
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError, KeyError):
            return FORGED
        try:
            return _principal(claims), str(claims["jti"])
        except (KeyError, TypeError, ValueError, PrincipalError):
            return MALFORMED


def verifier_from(settings: Settings, revoked: Callable[[str], bool]) -> Verifier | None:
    """The verifier for a process' public key; None when it was given none: then nobody can sign in."""
    if settings.verify_key is None:
        return None
    return Verifier(json.loads(settings.verify_key), revoked)


def _key(jwk: dict[str, str]) -> OKPKey:
    members: dict[str, str | list[str]] = {**jwk}
    return OKPKey.import_key(members)


def _principal(claims: dict[str, Any]) -> Principal:
    return checked(
        Principal(
            id=str(claims["sub"]),
            roles=checked_roles(claims["roles"]),
            office=str(claims["office"]),
            unit=claims.get("unit"),
            grids=tuple(claims.get("grids", ())),
            communities=tuple(claims.get("communities", ())),
            expires=int(claims["exp"]) * SECOND,
        )
    )
