"""Commands to a case, from people over HTTP and from other systems over their doors: one path for both.

A service lists its commands in one table: the body, who may, and a pure decision. `CommandDesk.run` loads the cases,
checks whose they are, seals the words, decides, appends in one go, and answers each with done, already done or refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.casework.case import Case
from libs.casework.entry import Actor, Entry
from libs.casework.events.model import ContentRef, Event
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Role
from libs.stages.outcome import Outcome


class Text(NamedTuple):
    """Words of a person, to be sealed as content of that kind before the decision is made."""

    kind: str
    words: str


class Body(BaseModel):
    """What a command carries. Closed: an unknown field is refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def texts(self) -> tuple[Text, ...]:
        """The personal words in it, in the order in which the decision expects their references."""
        return ()

    def photos(self) -> tuple[UUID, ...]:
        """Photos uploaded before, by id."""
        return ()


class Sealed(NamedTuple):
    """References to what was sealed for a command: its `texts()` and its `photos()`, in that order."""

    texts: tuple[ContentRef, ...] = ()
    photos: tuple[ContentRef, ...] = ()


Decision = tuple[Event, ...] | Refusal
Decide = Callable[[Case, Actor, Any, Sealed], Decision]
DecideByLog = Callable[[Case, Actor, Any, Sealed, Sequence[Entry]], Decision]


@dataclass(frozen=True, slots=True)
class CommandKind:
    """One row of a service's command table. `decide` is pure and gets the case, the actor, the body, the sealed words.

    `zh` is the office's own verb and stands on the button. `by_log`: it is a `DecideByLog` and gets the case's whole log
    too; what it says is appended only as long as nothing but what commutes has come after that log.
    """

    name: str
    zh: str
    body: type[Body]
    roles: frozenset[Role]
    decide: Callable[..., Decision]
    by_log: bool = False


CommandTable = Mapping[str, CommandKind]


def table(*kinds: CommandKind) -> CommandTable:
    """The kinds by name, in the given order."""
    return {kind.name: kind for kind in kinds}


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody wants `kind` done to a case. `key` is unique to this wish; `fingerprint` tells a retry from a reuse.

    `rev`: what the person saw (None: judged by the table alone). `happened_at` in µs UTC when told later. `area`: codes
    of the grids and communities that a grid worker covers.
    """

    kind: CommandKind
    case_id: UUID
    actor: Actor
    body: Body
    key: str
    fingerprint: bytes
    rev: int | None = None
    happened_at: int | None = None
    trace: str | None = field(default=None, compare=False)
    area: frozenset[str] = frozenset()


class Desk(Protocol):
    """Who carries commands out: `libs.stages.desk.CommandDesk`."""

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        """One outcome for each command, in order."""
        ...


def waves(commands: Sequence[Command]) -> list[list[int]]:
    """Indexes of `commands` in groups that name each case once, in order: what builds on another comes after it."""
    seen: dict[UUID, int] = {}
    groups: list[list[int]] = []
    for index, command in enumerate(commands):
        turn = seen.get(command.case_id, 0)
        seen[command.case_id] = turn + 1
        if turn == len(groups):
            groups.append([])
        groups[turn].append(index)
    return groups
