"""The news of work reported done, decided in memory."""

from collections.abc import Sequence

from libs.casework.case import Case
from libs.stages.reactor import Decisions
from services.closure.rules import decide


async def decide_all(cases: Sequence[Case]) -> Decisions:
    """The events for each case that there is something to say about, by its id."""
    decided = {case.id: decide(case) for case in cases}
    return {case_id: events for case_id, events in decided.items() if events}
