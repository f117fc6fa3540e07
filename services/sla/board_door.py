"""HTTP in: the board (看板), what is near due, behind, overdue, by unit and grid. Another office's clocks do not exist."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from libs.casework.deadlines.vocabulary import Clock, Colour
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Urgency
from libs.casework.wire import instant
from libs.plumbing.mongo import Document
from libs.plumbing.principals import Principal
from libs.stages.bodies import Code
from libs.stages.http import not_a_cursor, offices_for, problem_from
from libs.stages.names import Directory, Name
from services.sla.access import Staff
from services.sla.board import Board, BoardQuery, Counted, Place, place_from
from services.sla.rules import Reference


class Offices(Protocol):
    """Which offices there are: `libs.casestore.store.CaseStore`."""

    async def offices(self) -> list[str]:
        """The offices that have cases."""


class Filters(BaseModel):
    """What to look for; everything given must hold. `unit`: who has it now, a unit, `office` or `checker`.

    `level` is the id of a level of the policies, `colour` may be said again. `office` is for auditors and
    administrators; everybody else sees the own one. `after` is the cursor of the page before: pages go on as the board
    was when the first was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Code | None = None
    grid: Code | None = None
    category: Code | None = None
    clock: Clock | None = None
    level: Code | None = None
    colour: tuple[Colour, ...] = ()
    office: Code | None = None
    limit: Annotated[int, Query(ge=1, le=500)] = 100
    after: Annotated[str | None, Query(max_length=200)] = None


class Shown(BaseModel):
    """One clock on the board. `unit_name` and the other names are None for codes that the data does not have."""

    case_id: UUID
    number: str
    office: str
    clock: str
    name: Name
    generation: int
    colour: Colour
    level: str
    level_name: Name | None
    due: str
    state: str
    unit: str
    unit_name: Name | None
    grid: str | None
    grid_name: Name | None
    category: str | None
    category_name: Name | None
    urgency: Urgency


class Count(BaseModel):
    """So many clocks of each colour: of a unit, a grid, or all of them (`code` None: no grid is known)."""

    code: str | None
    name: Name | None
    blue: int
    yellow: int
    red: int


class Counts(BaseModel):
    """By unit and by grid, those with the most overdue first."""

    total: Count
    units: list[Count]
    grids: list[Count]


class BoardPage(BaseModel):
    """The board as it was at `as_of`. `counts` stand on the first page, for all colours; `after` asks for the next page."""

    as_of: str
    counts: Counts | None
    clocks: list[Shown]
    after: str | None


@dataclass(frozen=True, slots=True)
class BoardDoor:
    """The endpoint. `clock` gives µs UTC."""

    board: Board
    store: Offices
    data: Reference
    directory: Directory
    clock: Callable[[], int]

    def router(self) -> APIRouter:
        """The route, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["deadlines"])
        routes.add_api_route(
            "/board", self.shown, methods=["GET"], summary="时限看板 · what is near due or over"
        )
        return routes

    async def shown(self, caller: Staff, filters: Annotated[Filters, Query()]) -> BoardPage:
        """What is due first at the top."""
        after = _place(filters.after)
        now = after.now if after else self.clock()
        query = await self._query(caller, filters)
        if query is None:
            return BoardPage(as_of=instant(now), counts=self._counts(()), clocks=[], after=None)
        lines = await self.board.page(query, now, filters.limit + 1, after)
        page = lines[: filters.limit]
        return BoardPage(
            as_of=instant(now),
            counts=None if after else self._counts(await self.board.counts(query, now)),
            clocks=[self._line(line, now) for line in page],
            after=str(Place(now, page[-1]["due"], page[-1]["_id"])) if len(lines) > len(page) else None,
        )

    async def _query(self, caller: Principal, filters: Filters) -> BoardQuery | None:
        """None: an office that the caller does not see, or one without cases."""
        # Whoever asks for a level asks for its colour, which an index can tell.
        colours = frozenset(filters.colour or Colour) & _colours_of(filters.level, self.data)
        offices = await offices_for(caller, filters.office, self.store.offices)
        same = {name: getattr(filters, name) for name in ("unit", "grid", "category", "level")}
        return BoardQuery(offices, clock=filters.clock, colours=colours, **same) if offices else None

    def _line(self, line: Document, now: int) -> Shown:
        step = [each for each in line["steps"] if each["since"] < now][-1]
        kind = Clock(line["clock"])
        return Shown(
            case_id=line["case"],
            clock=line["key"],
            name=Name(zh=kind.zh, en=kind.value),
            colour=step["colour"],
            level=step["level"],
            level_name=_level_name(step["level"], self.data),
            due=instant(line["due"]),
            unit_name=self._unit(line["unit"]),
            grid_name=self.directory.place(line["grid"]),
            category_name=self.directory.category(line["category"]),
            **{name: line[name] for name in _SAME},
        )

    def _unit(self, code: str | None) -> Name | None:
        return self.directory.account(code)

    def _counts(self, counted: Iterable[Counted]) -> Counts:
        total: Counter[Colour] = Counter()
        units: dict[str | None, Counter[Colour]] = {}
        grids: dict[str | None, Counter[Colour]] = {}
        for one in counted:
            for found in (
                total,
                units.setdefault(one.unit, Counter()),
                grids.setdefault(one.grid, Counter()),
            ):
                found[one.colour] += one.clocks
        return Counts(
            total=_count(None, None, total),
            units=_most_overdue_first(_count(code, self._unit(code), each) for code, each in units.items()),
            grids=_most_overdue_first(
                _count(code, self.directory.place(code), each) for code, each in grids.items()
            ),
        )


_SAME = ("number", "office", "generation", "state", "unit", "grid", "category", "urgency")


def _count(code: str | None, name: Name | None, found: Counter[Colour]) -> Count:
    return Count(code=code, name=name, **{colour.value: found[colour] for colour in Colour})


def _most_overdue_first(counts: Iterable[Count]) -> list[Count]:
    return sorted(counts, key=lambda one: (-one.red, -one.yellow, -one.blue, one.code or ""))


def _place(after: str | None) -> Place | None:
    try:
        return place_from(after) if after else None
    except ValueError:
        raise not_a_cursor(after or "", "board") from None


def _colours_of(level: str | None, data: Reference) -> frozenset[Colour]:
    """In which colours the policies show a level; all of them when none is asked for."""
    levels = [each for policy in data.policies.policies for each in policy.levels]
    found = frozenset(each.colour for each in levels if level in (None, each.id))
    if level is not None and not found:
        detail, known = f"no policy has a level {level}", tuple(dict.fromkeys(each.id for each in levels))
        raise problem_from(Refusal(Why.INVALID, detail, None, "board", known, "level"))
    return found


def _level_name(level: str, data: Reference) -> Name | None:
    """As the newest version that has it calls it."""
    for policy in reversed(data.policies.policies):
        for each in policy.levels:
            if each.id == level:
                return Name(zh=each.zh, en=each.en)
    return None
