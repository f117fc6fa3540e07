"""The words of cases, opened for the search index and for a look whether they really say what was looked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from libs.casestore.content import ContentVault
from libs.casestore.searching import SOUGHT_KINDS
from libs.casestore.store import CaseStore
from libs.casework.references import references


@dataclass(frozen=True, slots=True)
class Words:
    """Reads them: never kept, never shown."""

    store: CaseStore
    vault: ContentVault

    async def of(self, case_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
        """All that was said in each of these cases; nothing where it was erased."""
        logs = await self.store.logs(case_ids)
        refs = {
            case_id: [ref for ref in references(entry.data for entry in log) if ref.kind in SOUGHT_KINDS]
            for case_id, log in logs.items()
        }
        read = await self.vault.read(refs)
        texts = {case_id: [read.get(ref.id) for ref in each] for case_id, each in refs.items()}
        return {case_id: [text.decode() for text in each if text] for case_id, each in texts.items()}
