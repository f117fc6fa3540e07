"""A command's decision behind the table: what cannot happen at this stage is refused before anything else is looked at."""

from typing import Any

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.model import ContentRef, Event
from libs.casework.lifecycle import step
from libs.casework.reasons import Reasons
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.commands import Decide, Decision, Sealed


def judged(service: Service, event: type[Event], decide: Decide) -> Decide:
    """`decide`, asked only when the lifecycle table lets `service` say `event` at the case's stage."""
    name = event.name()

    def decision(case: Case, actor: Actor, body: Any, sealed: Sealed, *log: Any) -> Decision:
        row = step(case.stage, name, service)
        return row if isinstance(row, Refusal) else decide(case, actor, body, sealed, *log)

    return decision


def wrong(case: Case, attempted: str, field: str, detail: str, *allowed: str) -> Refusal:
    """A part of the body that cannot be, with what may stand there."""
    return Refusal(Why.INVALID, detail, case.stage, attempted, allowed, field)


def not_a_reason(case: Case, attempted: str, step_type: str, code: str, reasons: Reasons) -> Refusal | None:
    """The refusal of a code that the office's list for `step_type` (an event's type) does not hold."""
    if reasons.get(step_type, code):
        return None
    detail = f"{code} is no reason to {attempted}"
    return wrong(case, attempted, "reason", detail, *reasons.codes(step_type))


def first_words(sealed: Sealed) -> ContentRef | None:
    """The reference to a body's only words, if it had any."""
    return sealed.texts[0] if sealed.texts else None
