"""The news of work reported done, decided in memory; and what whoever has a receipt code wants."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.stages.commands import Body, Command, CommandKind
from libs.stages.http import fingerprint, person_key
from libs.stages.reactor import Decisions
from libs.stages.receipts import read_code, receipt_claim
from services.closure.roster import Roster
from services.closure.rules import decide

HOLDER = "receipt-holder"
"""How whoever has the receipt code stands in the log."""


class Closure:
    """What closure says about cases that await it."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    async def decide_all(self, cases: Sequence[Case]) -> Decisions:
        """The events for each case that there is something to say about, by its id."""
        checkers = await self._roster.fresh()
        decided = {case.id: decide(case, checkers) for case in cases}
        return {case_id: events for case_id, events in decided.items() if events}


class ByReceipt:
    """Finds the case of a receipt code and words the holder's wish as a command."""

    def __init__(self, store: CaseStore) -> None:
        self._store = store

    async def command(
        self, kind: CommandKind, typed: str, body: Body, key: str, trace: str | None = None
    ) -> Command | Refusal:
        """The command, or why there is none. `key` is the request's idempotency key."""
        code = read_code(typed)
        if isinstance(code, Refusal):
            return replace(code, attempted=kind.name, field="receipt")
        claim = receipt_claim(code)
        case = await self._case(claim)
        if case is None:
            return Refusal(Why.UNKNOWN_CASE, "no report has this code", attempted=kind.name, field="receipt")
        actor = Actor(id=HOLDER, role=Role.RESIDENT, office=case.office)
        asked = fingerprint(kind.name.encode(), case.id.bytes, body.model_dump_json().encode())
        return Command(kind, case.id, actor, body, person_key(f"{claim}/{key}"), asked, trace=trace)

    async def _case(self, claim: str) -> Case | None:
        case_id: UUID | None = await self._store.claimed(claim)
        return (await self._store.load([case_id])).get(case_id) if case_id else None
