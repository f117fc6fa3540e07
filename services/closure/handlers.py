"""The news of work reported done, decided in memory."""

from collections.abc import Sequence

from libs.casework.case import Case
from libs.stages.reactor import Decisions
from services.closure.roster import Roster
from services.closure.rules import decide


class Closure:
    """What closure says about cases that await it."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    async def decide_all(self, cases: Sequence[Case]) -> Decisions:
        """The events for each case that there is something to say about, by its id."""
        checkers = await self._roster.fresh()
        decided = {case.id: decide(case, checkers) for case in cases}
        return {case_id: events for case_id, events in decided.items() if events}
