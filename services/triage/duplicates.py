"""Looks whether what was just decided has been reported before: suggests it to people, or merges by rule.

One read of rows, one of cases and one of contents for a whole batch; a batch without neighbours stops after the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from libs.casework.case import Case, end_of
from libs.casework.categories import Catalogue
from libs.casework.events.model import Event
from libs.casework.events.triage import (
    Classified,
    DuplicatesSuggested,
    Likeness,
    Linked,
    Merged,
    QueuedForClerk,
)
from libs.casework.places import Places, Position
from libs.casework.vocabulary import Tie, Urgency
from libs.stages.joint import Joint, Said
from libs.stages.reactor import Decisions
from services.triage.classify import known_words, listen
from services.triage.lexicon import Index
from services.triage.likeness import Pair, Report, compare, merges, pairs_in, ranked
from services.triage.measures import Measures
from services.triage.neighbours import Spot

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a report: its words, its point, the place (code) of the compound that it names."""

    text: str
    point: Position | None
    compound: str | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """The reviewed data that duplicates are found by; `version` names all of it."""

    measures: Measures
    catalogue: Catalogue
    places: Places
    index: Index
    version: str


class Rows(Protocol):
    """Where reports near in place and time are found: `services.triage.neighbours.Neighbours`."""

    async def keep(self, spots: Sequence[Spot]) -> None:
        """Remember these."""
        ...

    async def near(self, wanted: Mapping[Spot, int]) -> dict[UUID, list[UUID]]:
        """The earlier ones near each."""
        ...


class Originals(Protocol):
    """Where cases are read with what they were merged into: `libs.casestore.store.CaseStore`."""

    async def load_with_originals(self, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
        """The cases by id, and the ends of their chains."""
        ...


class Reader(Protocol):
    """Reads what reports say: `services.triage.handlers.Contents`."""

    async def read(self, cases: Sequence[Case]) -> Mapping[UUID, Read]:
        """By case; one whose words were erased is left out."""
        ...


class Duplicates:
    """Adds to triage's decisions what it finds."""

    def __init__(self, rows: Rows, cases: Originals, reader: Reader, guide: Guide) -> None:
        self._rows, self._cases, self._reader, self._guide = rows, cases, reader, guide

    async def looked_for(
        self, cases: Sequence[Case], reads: Mapping[UUID, Read], decided: Mapping[UUID, tuple[Event, ...]]
    ) -> Decisions:
        """The decisions with their suggestions; where a rule may merge, the merge instead."""
        spots = {
            case.id: spot
            for case in cases
            if (spot := self._spot(case, reads.get(case.id), decided[case.id]))
        }
        await self._rows.keep(list(spots.values()))
        new = {
            case.id: report
            for case in cases
            if _may_be_one(case) and (report := self._report(case, reads.get(case.id), decided[case.id]))
        }
        radius = self._guide.measures.of
        near = await self._rows.near(
            {spots[case_id]: radius(report.category).radius_m for case_id, report in new.items()}
        )
        earlier = await self._earlier(near, new)
        found = {case_id: self._alike(new[case_id], ids, earlier) for case_id, ids in near.items() if ids}
        return {case.id: self._said(decided[case.id], found.get(case.id, [])) for case in cases}

    async def _earlier(
        self, near: Mapping[UUID, Sequence[UUID]], new: Mapping[UUID, Report]
    ) -> dict[UUID, Report]:
        """What is compared with, by the id of the row that led to it: a merged case stands for its original."""
        wanted = {case_id for each in near.values() for case_id in each}
        if not wanted:
            return {}
        cases = await self._cases.load_with_originals(list(wanted))
        ends = {case_id: end_of(case_id, cases) for case_id in wanted if case_id in cases}
        open_ones = {end.id: end for end in ends.values() if end.open}
        reads = await self._reader.read([case for case in open_ones.values() if case.id not in new])
        reports = {
            case_id: new.get(case_id) or self._report(case, reads.get(case_id), ())
            for case_id, case in open_ones.items()
        }
        return {row: report for row, end in ends.items() if (report := reports.get(end.id))}

    def _alike(
        self, new: Report, near: Sequence[UUID], earlier: Mapping[UUID, Report]
    ) -> list[tuple[Pair, Likeness]]:
        others = {report.case.id: report for row in near if (report := earlier.get(row))}
        others.pop(new.case.id, None)
        here = [report for report in others.values() if report.case.office == new.case.office]
        pairs = (compare(new, report, self._guide.measures) for report in here)
        return ranked(pair for pair in pairs if pair)[:SHOWN]

    def _said(self, decided: tuple[Event, ...], found: Sequence[tuple[Pair, Likeness]]) -> Said:
        if not found:
            return decided
        suggested = DuplicatesSuggested(
            of=tuple(likeness for _, likeness in found), data_version=self._guide.version
        )
        return self._merged(decided, suggested, found) or (suggested, *decided)

    def _merged(
        self,
        decided: tuple[Event, ...],
        suggested: DuplicatesSuggested,
        found: Sequence[tuple[Pair, Likeness]],
    ) -> Joint | None:
        """Merged by rule: when it is clear what it is, and of which one case it is the same."""
        (pair, likeness), *others = found
        because = merges(pair, likeness, self._guide.measures)
        rivals = any(merges(*other, self._guide.measures) for other in others)
        if not because or rivals or not isinstance(decided[0], Classified):
            return None
        merged = Merged(into=likeness.other, because=because, data_version=self._guide.version)
        told = Linked(other=pair.new.case.id, how=Tie.DUPLICATE)
        return Joint((suggested, decided[0], merged), ((pair.earlier.case, (told,)),))

    def _report(self, case: Case, read: Read | None, decided: Sequence[Event]) -> Report | None:
        """None for what nobody can compare: its words are gone, or nobody knows what or where it is."""
        said = decided[0] if decided else None
        category = _category(said) or case.category
        position = self._position(read) if read else None
        if read is None or position is None or self._guide.catalogue.get(category or "") is None:
            return None
        run = listen(read.text, self._guide.index)
        return Report(
            case=case if said is None else case.model_copy(update={"office": _office(said) or case.office}),
            position=position,
            exact=read.point is not None,
            category=category,
            public=said.public if isinstance(said, Classified) else case.public,
            urgency=_urgency(said) or case.urgency or Urgency.NORMAL,
            pairs=pairs_in(run),
            words=known_words(run, self._guide.index),
        )

    def _position(self, read: Read) -> Position | None:
        """The reported point, or that of the compound which the words name."""
        compound = self._guide.places.get(read.compound) if read.compound else None
        return read.point or (compound.point if compound else None)

    def _spot(self, case: Case, read: Read | None, decided: Sequence[Event]) -> Spot | None:
        """Where and as what it is found later; None when nobody knows where or what it is."""
        category = _category(decided[0])
        subclass = self._guide.catalogue.get(category) if category else None
        position = self._position(read) if read else None
        if subclass is None or position is None:
            return None
        office = _office(decided[0]) or case.office
        return Spot(case.id, office, subclass.class_id, position, case.reported_at)


def _may_be_one(case: Case) -> bool:
    """Who has seen it on the spot knows what was reported there; residents, and who passes on what they say, do not."""
    return not case.seen_on_spot


def _category(said: Any) -> str | None:
    """What was decided, or the best guess of what a clerk has to decide."""
    if isinstance(said, Classified):
        return said.category
    if isinstance(said, QueuedForClerk) and said.suggestions:
        return said.suggestions[0].category
    return None


def _office(said: Any) -> str | None:
    return said.office if isinstance(said, Classified | QueuedForClerk) else None


def _urgency(said: Any) -> Urgency | None:
    return said.urgency if isinstance(said, Classified | QueuedForClerk) else None
