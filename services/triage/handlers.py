"""The news of reports: read the words of the whole batch at once, decide in memory."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic_core import from_json

from libs.casestore.content import ContentVault
from libs.casework.case import Case
from libs.casework.places import Position
from libs.stages.reactor import Decisions
from services.triage.classify import Hearing
from services.triage.locate import Locator, Spot
from services.triage.matter import Policy, Reading, Seen, read_words
from services.triage.rules import decide

WORDS, POINT, ADDRESS = "text", "point", "address"
_READ = frozenset({WORDS, POINT, ADDRESS})

Contents = Mapping[str, str]


class Triage:
    """Decides for the cases that await triage."""

    def __init__(self, vault: ContentVault, locator: Locator, hearing: Hearing, policy: Policy) -> None:
        self._vault = vault
        self._locator = locator
        self._hearing = hearing
        self._policy = policy

    async def decide_all(self, cases: Sequence[Case]) -> Decisions:
        """The events for each case, by its id."""
        contents = await self._read(cases)
        located = self._locator.locate([_spot(case, contents.get(case.id, {})) for case in cases])
        return {
            case.id: decide(Seen(case, self._reading(contents.get(case.id, {})), where), self._policy)
            for case, where in zip(cases, located, strict=True)
        }

    def _reading(self, contents: Contents) -> Reading | None:
        return read_words(contents[WORDS], self._hearing) if WORDS in contents else None

    async def _read(self, cases: Sequence[Case]) -> dict[UUID, Contents]:
        wanted = {case.id: [ref for ref in case.contents if ref.kind in _READ] for case in cases}
        found = await self._vault.read(wanted)
        return {
            case_id: {ref.kind: data.decode() for ref in refs if (data := found.get(ref.id)) is not None}
            for case_id, refs in wanted.items()
        }


def _spot(case: Case, contents: Contents) -> Spot:
    return Spot(_position(contents.get(POINT)), case.grid, contents.get(ADDRESS, ""), contents.get(WORDS, ""))


def _position(point: str | None) -> Position | None:
    if point is None:
        return None
    read = from_json(point)
    return read["lon"], read["lat"]
