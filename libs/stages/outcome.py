"""What became of a command or a message: done, already done, or refused."""

from dataclasses import dataclass
from uuid import UUID

from libs.casework.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Done:
    """It is in the case log: the case's new `seq` and `rev`. `already`: it was there before this call.

    `number`: the case number, told to who opened the case.
    """

    case_id: UUID
    seq: int
    rev: int
    already: bool = False
    number: str | None = None


Outcome = Done | Refusal
