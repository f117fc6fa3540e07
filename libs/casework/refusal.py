"""A business "no": a value, never an exception."""

from dataclasses import dataclass, field
from enum import StrEnum

from libs.casework.vocabulary import Stage


class Why(StrEnum):
    """Why something was refused. The code travels in problem details, rejection records and outcomes."""

    NOT_THIS_STAGE = "not-this-stage"
    NOT_THIS_SERVICE = "not-this-service"
    UNKNOWN_EVENT = "unknown-event"
    UNKNOWN_CASE = "unknown-case"
    CASE_EXISTS = "case-exists"
    STALE = "stale"
    KEY_REUSED = "key-reused"
    NOT_ALLOWED = "not-allowed"
    INVALID = "invalid"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    FROM_THE_FUTURE = "from-the-future"
    ERASED = "erased"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused and why; names the stage and the attempted step so that nobody has to guess.

    `allowed` lists what would have been accepted (steps, values or roles), `field` the input's part that was wrong.
    """

    code: Why
    detail: str
    stage: Stage | None = None
    attempted: str | None = None
    allowed: tuple[str, ...] = field(default=())
    field: str | None = None
