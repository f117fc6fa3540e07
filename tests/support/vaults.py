"""A content vault in memory, for handlers that only read."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from libs.casework.events.model import ContentRef


class ReadableVault:
    """Holds content by id; counts how often it was asked."""

    def __init__(self, contents: Mapping[UUID, bytes]) -> None:
        self._contents = contents
        self.reads = 0

    async def read(self, refs: Mapping[UUID, Sequence[ContentRef]]) -> dict[UUID, bytes | None]:
        """As `ContentVault.read`: None where it was erased."""
        self.reads += 1
        return {ref.id: self._contents.get(ref.id) for each in refs.values() for ref in each}
