"""Who may look at personal data, why, and what erases it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.model import ContentRef
from libs.casework.reasons import Reason
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.stages.scope import hidden, outside

VIEWERS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.GRID_WORKER, Role.UNIT_WORKER, Role.CHECKER})
ERASERS = frozenset({Role.ADMINISTRATOR})
PHOTO = "photo"
_NO_WORDS = frozenset({PHOTO, "origin"})


class Grounds(BaseModel):
    """Purposes of a look and bases of an erasure, as `data/records.yaml` holds them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    purposes: tuple[Reason, ...]
    bases: tuple[Reason, ...]


def parse_grounds(data: Mapping[str, Any]) -> Grounds:
    """The grounds in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Grounds.model_validate(data)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody wants to see content of those kinds (none named: all words), for a purpose."""

    actor: Actor
    area: frozenset[str]
    purpose: str
    kinds: tuple[str, ...] = ()


def may_look(case: Case, look: Look, grounds: Grounds) -> Refusal | None:
    """Nothing when the look is allowed; else why not. Another office's case does not exist."""
    return (
        hidden(case, look.actor)
        or outside(case, look.actor, look.area, "view")
        or _not_its_unit(case, look.actor)
        or _not_listed(case, "view", "purpose", look.purpose, grounds.purposes)
        or _erased(case, "view")
    )


def may_erase(case: Case, actor: Actor, basis: str, grounds: Grounds) -> Refusal | None:
    """Nothing when the content may be erased; else why not."""
    return hidden(case, actor) or _not_listed(case, "erase", "basis", basis, grounds.bases)


def erased_already(case: Case) -> Refusal | None:
    """What is gone is not erased again."""
    return Refusal(Why.ERASED, "it was erased already", case.stage, "erase") if case.erased else None


def wanted(named: Sequence[ContentRef], kinds: tuple[str, ...]) -> tuple[ContentRef, ...]:
    """Of what a case's log names, the words of those kinds; without kinds all of them. Photos are shown one by one, and
    where a report came from to nobody: a block goes by it."""
    return tuple(ref for ref in named if ref.kind not in _NO_WORDS and (not kinds or ref.kind in kinds))


def photos_in(named: Sequence[ContentRef]) -> list[UUID]:
    """The photos that a case's log names, by id."""
    return [ref.id for ref in named if ref.kind == PHOTO]


def _not_its_unit(case: Case, actor: Actor) -> Refusal | None:
    if actor.role is not Role.UNIT_WORKER or (actor.unit and actor.unit == case.lead):
        return None
    detail = "personal data is shown to the lead unit of the case, not to other units"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "view", ("lead unit", *sorted(VIEWERS)))


def _not_listed(
    case: Case, attempted: str, field: str, code: str, listed: tuple[Reason, ...]
) -> Refusal | None:
    allowed = tuple(reason.code for reason in listed)
    if code in allowed:
        return None
    return Refusal(Why.INVALID, f"{code} is no {field}", case.stage, attempted, allowed, field)


def _erased(case: Case, attempted: str) -> Refusal | None:
    if not case.erased:
        return None
    return Refusal(Why.ERASED, "the personal content of this case was erased", case.stage, attempted)
