"""Wishes of whoever has a receipt code: bounded, because nobody has to sign in to have one carried out."""

from libs.casestore.store import CaseStore
from libs.casework.events.intake import DetailsAdded
from libs.casework.refusal import Refusal, Why
from libs.stages.commands import Body, Command, CommandKind
from libs.stages.residents import ByReceipt

MOST_ADDITIONS = 50


class Holders(ByReceipt):
    """Words a holder's wish as a command; a case takes so many additions and no more."""

    def __init__(self, store: CaseStore, most: int = MOST_ADDITIONS) -> None:
        super().__init__(store)
        self._log, self._most = store, most

    async def command(
        self, kind: CommandKind, typed: str, body: Body, key: str, trace: str | None = None
    ) -> Command | Refusal:
        """The command, or why there is none."""
        command = await super().command(kind, typed, body, key, trace)
        if isinstance(command, Refusal) or kind.name != "details":
            return command
        return await self._too_many(command) or command

    async def _too_many(self, command: Command) -> Refusal | None:
        if await self._log.count(command.case_id, DetailsAdded.name()) < self._most:
            return None
        if await self._log.answered(command.key, command.fingerprint):
            return None
        detail = f"a report is added to {self._most} times at most; please call the office"
        return Refusal(Why.TOO_MANY, detail, attempted=command.kind.name)
