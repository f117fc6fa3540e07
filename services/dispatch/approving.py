"""What a unit asks of a supervisor is given by somebody else. Pure."""

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why


def own_wish(case: Case, actor: Actor, attempted: str) -> Refusal | None:
    """The refusal of one who would give what they asked for: one person may be clerk and supervisor."""
    if case.asked is None or actor.id != case.asked.by:
        return None
    detail = f"who asked for it does not {attempted}"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted, ("another supervisor of the office",))
