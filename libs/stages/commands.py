"""Commands to a case, from people over HTTP and from other systems over their doors: one path for both.

A service lists its commands in one table: the body, who may, and a pure decision. `CommandDesk.run` loads the cases,
checks whose they are, seals the words, decides, appends in one go, and answers each with done, already done or refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Role
from libs.stages.joint import Said
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

    def others(self) -> tuple[UUID, ...]:
        """Other cases that it names: they have to be there for the actor, as the command's own has."""
        return ()


_NONE: Mapping[UUID, Case] = MappingProxyType({})


class Sealed(NamedTuple):
    """What was made ready for a decision: references to the sealed `texts()` and to the `photos()`, in that order.

    `beside`: by id the cases that were read with the command's own: its `others()`, and what any of them was merged into.
    """

    texts: tuple[ContentRef, ...] = ()
    photos: tuple[ContentRef, ...] = ()
    beside: Mapping[UUID, Case] = _NONE


Decision = Said | Refusal
"""No events at all: it is so already."""
Decide = Callable[..., Decision]
"""Of the case (`Case`), the actor, the body, the sealed words; with `reads_log` also of the log, a list of `Entry`."""


@dataclass(frozen=True, slots=True)
class CommandKind:
    """One row of a service's command table. `decide` is pure and gets the case, the actor, the body, the sealed words.

    `zh` is the office's own verb and stands on the button. `reads_log`: decided on the whole log, and on exactly that log.
    """

    name: str
    zh: str
    body: type[Body]
    roles: frozenset[Role]
    decide: Decide
    reads_log: bool = False


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
        names = (command.case_id, *command.body.others())
        turn = max(seen.get(name, 0) for name in names)
        seen |= dict.fromkeys(names, turn + 1)
        if turn == len(groups):
            groups.append([])
        groups[turn].append(index)
    return groups
