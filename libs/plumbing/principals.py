"""Who asks: a principal and the roles it may have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal[
    "resident",
    "grid_worker",
    "unit_worker",
    "checker",
    "clerk",
    "supervisor",
    "auditor",
    "administrator",
    "system",
]
ROLES: tuple[Role, ...] = get_args(Role)
# No slash: an idempotency key is "<principal>/<key>" and must be unambiguous.
_ID = re.compile(r"[A-Za-z0-9._@:+-]{1,128}")


class PrincipalError(ValueError):
    """A principal that cannot be: the message names what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `expires` is in µs UTC; `grids` and `communities` narrow what a grid worker may see."""

    id: str
    roles: frozenset[str]
    office: str
    unit: str | None = None
    grids: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    expires: int = 0

    def has(self, *roles: str) -> bool:
        """Whether the principal has at least one of the roles."""
        return not self.roles.isdisjoint(roles)


def checked_roles(roles: Iterable[str]) -> frozenset[str]:
    """The roles as a set; `PrincipalError` names an unknown one and the allowed."""
    given = frozenset(roles)
    unknown = sorted(given.difference(ROLES))
    if unknown:
        raise PrincipalError(f"unknown role {unknown[0]!r}; allowed: {', '.join(ROLES)}")
    if not given:
        raise PrincipalError(f"a principal needs at least one role; allowed: {', '.join(ROLES)}")
    return given


def checked(principal: Principal) -> Principal:
    """The principal itself when its id, office and roles are well formed; else `PrincipalError`."""
    checked_roles(principal.roles)
    if not _ID.fullmatch(principal.id):
        raise PrincipalError(f"bad id {principal.id!r}; allowed: 1 to 128 of A-Z a-z 0-9 . _ @ : + -")
    if not principal.office:
        raise PrincipalError("a principal needs an office")
    if "unit_worker" in principal.roles and not principal.unit:
        raise PrincipalError("a unit_worker needs a unit")
    return principal
