"""Commands of other systems: a message at a door becomes the same command that a person gives over HTTP.

Its type is `banjie.<door>.<command>.v1`, its subject the case id, its data the command's body. The publisher acts as
`system` for its office and unit, and only where the command table lets a system act.
"""

from collections.abc import Sequence

from pydantic import ValidationError

from libs.casework.refusal import Refusal, Why
from libs.casework.topics import Door, door_prefix
from libs.casework.vocabulary import Role
from libs.stages.commands import Command, CommandTable, Desk
from libs.stages.doors import Known
from libs.stages.http import fingerprint
from libs.stages.messages import Message, refusal_from
from libs.stages.outcome import Outcome
from libs.stages.publishers import Publisher


class Orders:
    """The commands of one kind of door; `carry` is what the `Door` of the service calls."""

    def __init__(self, kind: Door, table: CommandTable, desk: Desk) -> None:
        self._desk = desk
        self._kinds = {
            f"{door_prefix(kind)}{name}.v1": row for name, row in table.items() if Role.SYSTEM in row.roles
        }

    async def carry(self, known: Sequence[Known]) -> list[Outcome]:
        """One outcome for each message, in their order; messages to one case are done in their order too."""
        asked = [self.command(message, publisher) for message, publisher in known]
        commands = [each for each in asked if isinstance(each, Command)]
        outcomes = iter(await self._desk.run(commands) if commands else ())
        return [each if isinstance(each, Refusal) else next(outcomes) for each in asked]

    def command(self, message: Message, publisher: Publisher) -> Command | Refusal:
        """The command in a message, or what is wrong with it."""
        kind = self._kinds.get(message.type)
        if kind is None:
            detail = f"there is no message of type {message.type} at this door"
            return Refusal(Why.INVALID, detail, allowed=tuple(self._kinds), field="type")
        if message.subject is None:
            detail = "the subject must be the id of the case"
            return Refusal(Why.INVALID, detail, attempted=kind.name, field="subject")
        try:
            body = kind.body.model_validate(message.data)
        except ValidationError as error:
            return refusal_from(error, "data")
        asked = fingerprint(kind.name.encode(), message.subject.bytes, body.model_dump_json().encode())
        return Command(
            kind,
            message.subject,
            publisher.actor,
            body,
            message.key,
            asked,
            happened_at=message.happened_at,
            trace=message.trace,
        )
