"""Tokens: who is accepted, and why not."""

from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from libs.plumbing.principals import ROLES, Principal, PrincipalError, checked, checked_roles
from libs.plumbing.security import TokenRefused, Verifier, new_signing_key, public_part, sign

NOW = 1_800_000_000_000_000
KEY = new_signing_key()
CLERK = Principal(
    "clerk-1", frozenset({"clerk"}), "yingbin", grids=("g1",), communities=("c1",), expires=NOW + 60_000_000
)


def verifier(revoked: Callable[[str], bool] = lambda _: False) -> Verifier:
    return Verifier(public_part(KEY), revoked)


def code(found: object) -> str:
    assert isinstance(found, TokenRefused)
    return found.code


def test_a_signed_principal_comes_back_whole() -> None:
    assert verifier().verify(sign(CLERK, KEY, NOW, "k1"), NOW) == CLERK


def test_a_token_counts_until_it_expires_even_from_the_cache() -> None:
    check, token = verifier(), sign(CLERK, KEY, NOW, "k1")
    assert check.verify(token, CLERK.expires - 1) == CLERK
    assert code(check.verify(token, CLERK.expires)) == "token_expired"
    assert code(check.verify(token, CLERK.expires)) == "token_expired"


def test_a_revoked_token_is_refused_even_from_the_cache() -> None:
    gone: set[str] = set()
    check, token = verifier(gone.__contains__), sign(CLERK, KEY, NOW, "k1")
    assert check.verify(token, NOW) == CLERK
    gone.add("k1")
    assert code(check.verify(token, NOW)) == "token_revoked"


def test_a_token_of_another_key_is_forged() -> None:
    assert code(verifier().verify(sign(CLERK, new_signing_key(), NOW, "k1"), NOW)) == "token_forged"


def test_a_changed_claim_is_forged() -> None:
    head, _, signature = sign(CLERK, KEY, NOW, "k1").split(".")
    _, other, _ = sign(
        Principal("x", frozenset({"administrator"}), "o", expires=NOW * 2), KEY, NOW, "k"
    ).split(".")
    assert code(verifier().verify(f"{head}.{other}.{signature}", NOW)) == "token_forged"


def test_the_public_key_as_a_shared_secret_is_forged() -> None:
    # The oldest trick against JWT: sign with HMAC, using the public key as the secret.
    secret = OctKey.import_key(public_part(KEY)["x"])
    token = jwt.encode({"alg": "HS256"}, {"sub": "x"}, secret, algorithms=["HS256"])
    assert code(verifier().verify(token, NOW)) == "token_forged"


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c.d", "x" * 5000, "é.é.é", "..", "\x00.\x00.\x00", "\ud800.a.b"]
)
def test_rubbish_is_refused_and_never_raises(token: str) -> None:
    assert code(verifier().verify(token, NOW)) in ("token_malformed", "token_forged")


@pytest.mark.parametrize("missing", ["sub", "roles", "office", "jti", "exp"])
def test_a_signed_token_without_a_claim_is_malformed(missing: str) -> None:
    claims = {"sub": "a", "roles": ["clerk"], "office": "o", "jti": "k", "exp": 2_000_000_000}
    del claims[missing]
    members: dict[str, str | list[str]] = {**KEY}
    token = jwt.encode({"alg": "Ed25519"}, claims, OKPKey.import_key(members), algorithms=["Ed25519"])
    assert code(verifier().verify(token, NOW)) == "token_malformed"


def test_the_cache_forgets_the_longest_unused() -> None:
    check = Verifier(public_part(KEY), lambda _: False, remember=2)
    for name in ("a", "b", "c"):
        check.verify(sign(Principal(name, CLERK.roles, "o", expires=CLERK.expires), KEY, NOW, name), NOW)
    assert len(check._known) == 2


def test_an_unknown_role_is_named_with_the_allowed() -> None:
    with pytest.raises(PrincipalError, match=r"unknown role 'king'; allowed: resident, .*system"):
        checked_roles(["clerk", "king"])
    assert checked_roles(ROLES) == frozenset(ROLES)


@pytest.mark.parametrize(
    ("principal", "why"),
    [
        (Principal("a/b", frozenset({"clerk"}), "o"), "bad id"),
        (Principal("", frozenset({"clerk"}), "o"), "bad id"),
        (Principal("a", frozenset(), "o"), "at least one role"),
        (Principal("a", frozenset({"clerk"}), ""), "needs an office"),
        (Principal("a", frozenset({"unit_worker"}), "o"), "needs a unit"),
    ],
)
def test_a_principal_that_cannot_be_is_never_signed(principal: Principal, why: str) -> None:
    with pytest.raises(PrincipalError, match=why):
        checked(principal)
    with pytest.raises(PrincipalError):
        sign(principal, KEY, NOW, "k")
