"""Asking the desk of dispatch, the way `CommandDesk` does, without a store."""

from typing import Any
from uuid import UUID

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.model import Event
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Role
from libs.stages.commands import CommandTable, Sealed
from services.dispatch.commands import command_table
from tests.rules.dispatch.policies import a_policy
from tests.support.cases import MINUTE, TEN_IN_THE_MORNING, a_content, an_actor

LEAD = an_actor(Role.UNIT_WORKER, "pmc")
HELPER = an_actor(Role.UNIT_WORKER, "community")
STRANGER = an_actor(Role.UNIT_WORKER, "enforce")
CLERK = an_actor(Role.CLERK)
PHOTO = UUID(int=7)
NOW = TEN_IN_THE_MORNING + 60 * MINUTE
TABLE = command_table(a_policy(), lambda: NOW)


def ask(
    name: str, case: Case, actor: Actor = CLERK, /, table: CommandTable = TABLE, **body: Any
) -> tuple[Event, ...] | Refusal:
    """What the command's decision says, with every word and photo sealed."""
    kind = table[name]
    assert actor.role in kind.roles, "the door would have refused"
    asked = kind.body.model_validate(body)
    texts = tuple(a_content(text.kind) for text in asked.texts())
    return kind.decide(case, actor, asked, Sealed(texts, tuple(a_content("photo") for _ in asked.photos())))


def said(*args: Any, **body: Any) -> Event:
    """The one event that it says."""
    answer = ask(*args, **body)
    assert not isinstance(answer, Refusal), answer
    (event,) = answer
    return event


def refused(*args: Any, **body: Any) -> Refusal:
    """Why it says no."""
    answer = ask(*args, **body)
    assert isinstance(answer, Refusal), answer
    return answer
