"""Decisions about several cases: one append, each as it was seen; and commands that name each other's cases wait their turn."""

from uuid import UUID

from libs.casework.draft import AtRev, AtSeq, Change, Whatever
from libs.casework.samples import example
from libs.casework.vocabulary import Role, Stage
from libs.stages.bodies import Nothing
from libs.stages.commands import Body, Command, CommandKind, waves
from libs.stages.joint import Joint, cases_in, changes_of
from tests.support.cases import a_case_at, an_actor, new_id

LINKED = (example("linked"),)


class Pair(Body):
    """Names another case."""

    other: UUID

    def others(self) -> tuple[UUID, ...]:
        return (self.other,)


def a_command(case_id: UUID, body: Body) -> Command:
    kind = CommandKind("x", "某", type(body), frozenset(), lambda *_: ())
    return Command(kind, case_id, an_actor(Role.CLERK), body, "k", b"")


def test_what_is_said_of_one_case_is_one_change() -> None:
    case = a_case_at(Stage.FILED)
    assert changes_of(case, Whatever(), LINKED, 7) == (Change(case.id, Whatever(), LINKED, 7),)
    assert cases_in(case, LINKED) == (case,)


def test_what_is_said_of_several_begins_with_the_case_itself() -> None:
    case, other = a_case_at(Stage.FILED), a_case_at(Stage.CLOSED)
    joint = Joint(LINKED, ((other, LINKED),))
    assert changes_of(case, AtSeq(3), joint) == (
        Change(case.id, AtSeq(3), LINKED),
        Change(other.id, AtRev(other.rev), LINKED),
    )
    assert cases_in(case, joint) == (case, other)


def test_commands_that_share_a_case_are_not_run_together() -> None:
    one, two, three = new_id(), new_id(), new_id()
    commands = [
        a_command(one, Pair(other=two)),
        a_command(two, Nothing()),
        a_command(three, Nothing()),
        a_command(three, Pair(other=one)),
    ]
    assert waves(commands) == [[0, 2], [1, 3]]
