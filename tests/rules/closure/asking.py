"""Asking the desk of closure, the way `CommandDesk` does, without a store."""

from functools import cache
from typing import Any

from libs.casework.case import Case
from libs.casework.closing import parse_terms
from libs.casework.entry import Actor
from libs.casework.events.model import Event
from libs.casework.refusal import Refusal
from libs.casework.samples.examples import GRID
from libs.casework.vocabulary import Role
from libs.plumbing.data import read_yaml
from libs.stages.commands import CommandTable, Sealed
from services.closure.checklists import parse_checklists
from services.closure.commands import command_table, receipt_table
from services.closure.rules import Checker, Policy
from tests.support.cases import TEN_IN_THE_MORNING, a_content, an_actor
from tests.support.reference import reasons

CLERK, CHECKER = an_actor(Role.CLERK), an_actor(Role.CHECKER, "office_urban")
RESIDENT = an_actor(Role.RESIDENT)


@cache
def a_policy() -> Policy:
    lists = parse_checklists(read_yaml("checklists.yaml"))
    return Policy(parse_terms(read_yaml("closure.yaml")), reasons(), lists)


ROSTER = (
    Checker("c-1", "yingbin"),
    Checker("c-2", "yingbin"),
    Checker("c-grid", "yingbin", area=frozenset({GRID})),
    Checker("c-far", "yingbin", area=frozenset({"140213053902009"})),
    Checker("c-pmc", "yingbin", "pmc"),
    Checker("c-other", "shuibosi"),
)


def at(now: int) -> tuple[CommandTable, CommandTable]:
    """Both tables, at that time."""
    return command_table(a_policy(), lambda: now, lambda: ROSTER), receipt_table(a_policy(), lambda: now)


def all_hold(category: str = "hoarding") -> list[dict[str, str]]:
    """Every point of the category's checklist holds."""
    return [{"point": point.id, "answer": "yes"} for point in a_policy().checklists.of(category).points]


OFFICE, BY_RECEIPT = at(TEN_IN_THE_MORNING + 3_600_000_000)


def ask(
    name: str, case: Case, actor: Actor, /, table: CommandTable = OFFICE, **body: Any
) -> tuple[Event, ...] | Refusal:
    """What the command's decision says, with every word and photo sealed."""
    kind = table[name]
    assert actor.role in kind.roles, "the door would have refused"
    asked = kind.body.model_validate(body)
    texts = tuple(a_content(text.kind) for text in asked.texts())
    return kind.decide(case, actor, asked, Sealed(texts, tuple(a_content("photo") for _ in asked.photos())))


def said(*args: Any, **body: Any) -> tuple[Event, ...]:
    """What it says."""
    answer = ask(*args, **body)
    assert not isinstance(answer, Refusal), answer
    return answer


def refused(*args: Any, **body: Any) -> Refusal:
    """Why it says no."""
    answer = ask(*args, **body)
    assert isinstance(answer, Refusal), answer
    return answer
