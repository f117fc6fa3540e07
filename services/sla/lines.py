"""The board in the database: a line for each open clock that has a deadline. Never the truth: made again with the row of its case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pymongo import DeleteOne, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from libs.casestore.schema import SLA_CLOCKS
from libs.casework.deadlines.timed import State
from libs.casework.deadlines.vocabulary import Colour, Facts
from libs.casework.entry import Entry
from libs.casework.events.intake import Reported
from libs.casework.vocabulary import Urgency
from libs.plumbing.mongo import Document
from services.sla.newer import put_newer
from services.sla.rules import Levelled


@dataclass(frozen=True, slots=True)
class Step:
    """From `since` (µs UTC) on the clock is at `level` of the policy, shown in `colour`."""

    level: str
    colour: Colour
    since: int


@dataclass(frozen=True, slots=True)
class Line:
    """One clock. `unit`: on whose account it runs now, a unit, `office` or `checker`. `due` in µs UTC."""

    number: str
    office: str
    unit: str
    grid: str | None
    category: str | None
    urgency: Urgency
    clock: str
    key: str
    generation: int
    state: State
    due: int
    steps: tuple[Step, ...]

    def since(self, colours: Iterable[Colour]) -> int:
        """From when on it has one of these colours, at the latest when it is due."""
        wanted = frozenset(colours)
        return min((step.since for step in self.steps if step.colour in wanted), default=self.due)


def lines_of(log: Sequence[Entry], facts: Facts | None, clocks: Iterable[Levelled]) -> tuple[Line, ...]:
    """The lines of an open case with that log, whose facts and clocks these are."""
    report = log[0].data
    if facts is None or not isinstance(report, Reported):
        return ()
    return tuple(_line(report.number, facts, one) for one in clocks if one.timed.open)


def _line(number: str, facts: Facts, one: Levelled) -> Line:
    timed = one.timed
    return Line(
        number=number,
        office=facts.office,
        unit=timed.stretches[-1].charged_to,
        grid=facts.grid,
        category=facts.category,
        urgency=facts.urgency,
        clock=timed.clock.value,
        key=timed.key,
        generation=timed.generation,
        state=timed.state,
        due=one.due,
        steps=tuple(Step(level.id, level.colour, at) for _, level, at in one.levels),
    )


class Lines:
    """Writes the lines of cases."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        # As with the rows: what a failover may roll back is found by the sweep.
        self._lines = database.get_collection(
            SLA_CLOCKS, read_concern=ReadConcern("local"), write_concern=WriteConcern(w=1)
        )

    async def write(self, cases: Mapping[UUID, tuple[int, Sequence[Line]]]) -> None:
        """Put these lines of cases as they were at a seq; a line that was made from a longer log stands."""
        made = (document_of(case, seq, line) for case, (seq, lines) in cases.items() for line in lines)
        await put_newer(self._lines, made)

    async def drop_older(self, cases: Mapping[UUID, int]) -> None:
        """Lines of these cases that were made from a shorter log: clocks that have ended."""
        found = self._lines.find({"case": {"$in": list(cases)}}, {"case": 1, "seq": 1})
        older = [
            DeleteOne({"_id": each["_id"], "seq": each["seq"]})
            async for each in found
            if each["seq"] < cases[each["case"]]
        ]
        if older:
            await self._lines.bulk_write(older, ordered=False)

    async def counts(self, case_ids: Iterable[UUID]) -> dict[UUID, int]:
        """How many lines each of the cases has; those without any are missing. From the index alone."""
        found = await self._lines.aggregate(counts_of(case_ids))
        return {each["_id"]: each["n"] async for each in found}

    async def page(self, after: UUID | None, limit: int) -> list[UUID]:
        """The cases of up to `limit` lines, in the order of their ids, from the one after `after` on. From the index alone."""
        wanted = {"case": {"$gt": after}} if after else {}
        found = self._lines.find(wanted, {"_id": 0, "case": 1}).sort("case", 1).limit(limit)
        return list(dict.fromkeys([each["case"] async for each in found]))

    async def forget(self, case_ids: Sequence[UUID]) -> None:
        """Cases that have ended have no lines."""
        await self._lines.delete_many({"case": {"$in": list(case_ids)}})


def counts_of(case_ids: Iterable[UUID]) -> list[Document]:
    """Counts the lines of each of these cases."""
    wanted = {"case": {"$in": list(case_ids)}}
    return [{"$match": wanted}, {"$group": {"_id": "$case", "n": {"$sum": 1}}}]


def document_of(case_id: UUID, seq: int, line: Line) -> Document:
    """The line as it is stored. `blue` and `yellow`: from when on it is at least that; it is red from `due` on."""
    return {
        "_id": f"{case_id}:{line.key}",
        "case": case_id,
        "seq": seq,
        "number": line.number,
        "office": line.office,
        "unit": line.unit,
        "grid": line.grid,
        "category": line.category,
        "urgency": line.urgency.value,
        "clock": line.clock,
        "key": line.key,
        "generation": line.generation,
        "state": line.state.value,
        "due": line.due,
        "blue": line.since((Colour.BLUE, Colour.YELLOW)),
        "yellow": line.since((Colour.YELLOW,)),
        "steps": [
            {"level": step.level, "colour": step.colour.value, "since": step.since} for step in line.steps
        ],
    }
