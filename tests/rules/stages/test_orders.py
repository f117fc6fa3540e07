"""Messages of other systems as commands: the same table, the same bodies, one outcome each in their order."""

from collections.abc import Sequence
from uuid import UUID

from libs.casework.refusal import Refusal, Why
from libs.casework.topics import Door
from libs.casework.vocabulary import Role
from libs.stages.bodies import Nothing, Shown
from libs.stages.commands import Command, CommandKind, table
from libs.stages.messages import Message
from libs.stages.orders import Orders
from libs.stages.outcome import Done, Outcome
from libs.stages.publishers import Publisher

CASE = UUID(int=1)
SYSTEM = Publisher("pmc-system", "yingbin", frozenset({Door.WORK}), unit="pmc")


def a_kind(name: str, role: Role, body: type[Nothing] | type[Shown] = Nothing) -> CommandKind:
    return CommandKind(name, name, body, frozenset({role}), lambda case, actor, body, sealed: ())


class Desk:
    """Does everything; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Command] = []

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        self.asked += commands
        return [Done(command.case_id, seq, seq) for seq, command in enumerate(commands, 1)]


DESK = Desk()
ORDERS = Orders(
    Door.WORK,
    table(
        a_kind("accept", Role.SYSTEM),
        a_kind("resolve", Role.SYSTEM, Shown),
        a_kind("attention", Role.SUPERVISOR),
    ),
    DESK,
)


def a_message(command: str, data: dict[str, object] | None = None, subject: UUID | None = CASE) -> Message:
    return Message("pmc-system", "m1", f"banjie.work.{command}.v1", subject, 77, "00-a", data or {})


def refused(message: Message) -> Refusal:
    answer = ORDERS.command(message, SYSTEM)
    assert isinstance(answer, Refusal)
    return answer


def test_a_message_becomes_the_command_of_its_publisher() -> None:
    command = ORDERS.command(a_message("resolve", {"words": "好了"}), SYSTEM)
    assert isinstance(command, Command)
    assert (command.kind.name, command.case_id, command.happened_at, command.trace) == (
        "resolve",
        CASE,
        77,
        "00-a",
    )
    assert (command.actor.id, command.actor.role, command.actor.unit) == (
        "publisher:pmc-system",
        Role.SYSTEM,
        "pmc",
    )
    assert command.key == "publisher:pmc-system/m1"


def test_the_same_id_with_other_content_is_told_apart() -> None:
    first, second = (ORDERS.command(a_message("resolve", {"words": words}), SYSTEM) for words in "甲乙")
    assert isinstance(first, Command)
    assert isinstance(second, Command)
    assert first.key == second.key
    assert first.fingerprint != second.fingerprint


def test_what_no_system_may_do_is_as_unknown_as_what_nobody_may() -> None:
    for command in ("attention", "dance"):
        refusal = refused(a_message(command))
        assert (refusal.code, refusal.field) == (Why.INVALID, "type")
        assert refusal.allowed == ("banjie.work.accept.v1", "banjie.work.resolve.v1")


def test_without_a_subject_or_with_a_wrong_body_the_field_is_named() -> None:
    assert refused(a_message("accept", subject=None)).field == "subject"
    assert refused(a_message("accept", {"x": 1})).field == "data.x"
    assert refused(a_message("resolve", {"evidence": ["no-id"]})).field == "data.evidence.0"


async def test_refused_messages_do_not_shift_the_outcomes_of_the_others() -> None:
    messages = [a_message("accept"), a_message("dance"), a_message("resolve", {"words": "好了"})]
    outcomes = await ORDERS.carry([(message, SYSTEM) for message in messages])
    assert [type(each) for each in outcomes] == [Done, Refusal, Done]
    assert [command.kind.name for command in DESK.asked] == ["accept", "resolve"]


async def test_only_refused_messages_trouble_nobody() -> None:
    (outcome,) = await ORDERS.carry([(a_message("dance"), SYSTEM)])
    assert isinstance(outcome, Refusal)
