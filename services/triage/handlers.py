"""The news of reports: read the words of the whole batch at once, decide in memory."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic_core import from_json

from libs.casestore.content import ContentVault
from libs.casework.case import Case
from libs.casework.places import Position
from libs.stages.reactor import Decisions
from services.triage.classify import Hearing
from services.triage.duplicates import Duplicates, Read
from services.triage.locate import Located, Locator, Spot
from services.triage.matter import Policy, Reading, Seen, read_words
from services.triage.rules import decide

WORDS, POINT, ADDRESS = "text", "point", "address"
_READ = frozenset({WORDS, POINT, ADDRESS})

Contents = Mapping[str, str]


class Reports:
    """Reads what reports say: of many cases at once."""

    def __init__(self, vault: ContentVault) -> None:
        self._vault = vault

    async def contents(self, cases: Sequence[Case]) -> dict[UUID, Contents]:
        """By case and kind; what was erased is left out."""
        wanted = {case.id: [ref for ref in case.contents if ref.kind in _READ] for case in cases}
        found = await self._vault.read(wanted)
        return {
            case_id: {ref.kind: data.decode() for ref in refs if (data := found.get(ref.id)) is not None}
            for case_id, refs in wanted.items()
        }

    async def read(self, cases: Sequence[Case]) -> dict[UUID, Read]:
        """What duplicates are found by, of cases whose place was settled before."""
        found = await self.contents(cases)
        return {case.id: read for case in cases if (read := _read(found[case.id], case.compound))}


class Triage:
    """Decides for the cases that await triage."""

    def __init__(
        self, reports: Reports, locator: Locator, hearing: Hearing, policy: Policy, duplicates: Duplicates
    ) -> None:
        self._reports = reports
        self._locator = locator
        self._hearing = hearing
        self._policy = policy
        self._duplicates = duplicates

    async def decide_all(self, cases: Sequence[Case]) -> Decisions:
        """What is said of each case, by its id."""
        contents = await self._reports.contents(cases)
        located = dict(
            zip(
                (case.id for case in cases),
                self._locator.locate([_spot(case, contents[case.id]) for case in cases]),
                strict=True,
            )
        )
        decided = {
            case.id: decide(Seen(case, self._reading(contents[case.id]), located[case.id]), self._policy)
            for case in cases
        }
        reads = {case.id: _read(contents[case.id], _compound(located[case.id])) for case in cases}
        return await self._duplicates.looked_for(
            cases, {case_id: read for case_id, read in reads.items() if read}, decided
        )

    def _reading(self, contents: Contents) -> Reading | None:
        return read_words(contents[WORDS], self._hearing) if WORDS in contents else None


def _read(contents: Contents, compound: str | None) -> Read | None:
    if WORDS not in contents:
        return None
    return Read(contents[WORDS], _position(contents.get(POINT)), compound)


def _compound(located: Located) -> str | None:
    return located.where.compound.code if located.where.compound else None


def _spot(case: Case, contents: Contents) -> Spot:
    return Spot(_position(contents.get(POINT)), case.grid, contents.get(ADDRESS, ""), contents.get(WORDS, ""))


def _position(point: str | None) -> Position | None:
    if point is None:
        return None
    read = from_json(point)
    return read["lon"], read["lat"]
