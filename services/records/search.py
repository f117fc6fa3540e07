"""HTTP in: search over cases, by words that the principal may see, number, place, unit, stage and dates.

By POST: what is looked for may be personal and belongs into no address.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.casestore.reading import CaseQuery
from libs.casestore.searching import SearchIndex, SearchKey, grams, id_at, says, terms
from libs.casestore.store import CaseStore
from libs.casestore.tail import Tail
from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage
from libs.casework.wire import instant
from libs.plumbing.mongo import Document
from libs.plumbing.principals import Principal
from libs.stages.bodies import Code
from libs.stages.http import actor_of, office_of, problem_from
from libs.stages.names import Directory
from services.records.api import Staff, micros
from services.records.rules import VIEWERS, Grounds
from services.records.views import Summary, summary
from services.records.words import Words

A_DAY_US = 86_400_000_000
BATCH, MOST_LOOKS = 200, 20
"""Candidates looked at together, and how often for one page: a page may be short and still have a next one."""
SHORTEST = 2


class Sought(BaseModel):
    """What to look for; everything given must hold. `words`: parts between spaces, each of which has to be said somewhere in the
    case; they need a `purpose` of the office's list. `office` is for auditors and administrators.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    words: Annotated[str, Field(min_length=SHORTEST, max_length=200)] | None = None
    purpose: Code | None = None
    number: Annotated[str, Field(max_length=40)] | None = None
    stage: Annotated[tuple[Stage, ...], Field(max_length=len(Stage))] = ()
    unit: Code | None = None
    category: Code | None = None
    grid: Code | None = None
    community: Code | None = None
    reported_from: AwareDatetime | None = None
    reported_to: AwareDatetime | None = None
    office: Code | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: UUID | None = None


class Found(BaseModel):
    """Cases, newest first; `after` asks for the next page. Changes after `indexed_to` are not found by words or codes yet."""

    cases: list[Summary]
    after: str | None
    indexed_to: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A search as the store and the index take it; `seen` narrows to what the caller's role lets it read."""

    query: CaseQuery
    tokens: tuple[int, ...]
    terms: tuple[str, ...]
    limit: int
    seen: Callable[[Case], bool]
    floor: UUID | None


@dataclass(frozen=True, slots=True)
class SearchDoor:
    """The endpoint. `searches` is the collection in which each search by words is written down; `clock` gives µs UTC."""

    store: CaseStore
    index: SearchIndex
    words: Words
    tail: Tail
    directory: Directory
    grounds: Grounds
    master_key: bytes
    searches: Any
    clock: Callable[[], int]

    def router(self) -> APIRouter:
        """The route."""
        routes = APIRouter(prefix="/v1", tags=["cases"])
        routes.add_api_route("/search", self.search, methods=["POST"], summary="案件查询 · search")
        return routes

    async def search(self, caller: Staff, sought: Sought) -> Found:
        """Cases of the own office by what is given."""
        office = office_of(caller, sought.office)
        asking = self._asking(caller, sought, office)
        if isinstance(asking, Refusal):
            raise problem_from(asking)
        strange = office is not None and sought.office not in (None, office)
        cases, after = ([], None) if strange else await self._found(asking, sought.after)
        if sought.words:
            await self._noted(caller, sought, len(cases))
        return Found(
            cases=[summary(case, self.directory.of(case)) for case in cases],
            after=str(after) if after else None,
            indexed_to=instant(await self.tail.place()),
        )

    def _asking(self, caller: Principal, sought: Sought, office: str | None) -> Asking | Refusal:
        seen: Callable[[Case], bool] = _everything
        if sought.words:
            actor = _reader(caller, sought, self.grounds)
            if isinstance(actor, Refusal):
                return actor
            seen = _readable_by(actor, caller)
            office = caller.office
        floor = micros(sought.reported_from)
        return Asking(
            query_of(sought, office),
            self._tokens(sought, office),
            terms(sought.words or ""),
            sought.limit,
            seen,
            None if floor is None else id_at(floor - A_DAY_US),
        )

    def _tokens(self, sought: Sought, office: str | None) -> tuple[int, ...]:
        if office is None:
            return ()
        key = SearchKey(self.master_key, office)
        codes = {"category": sought.category, "grid": sought.grid, "community": sought.community}
        of_codes = key.of_codes(codes | {"lead": sought.unit})
        return (*key.of_words([sought.words] if sought.words else []), *of_codes)

    async def _found(self, asking: Asking, after: UUID | None) -> tuple[list[Case], UUID | None]:
        if not asking.tokens:
            page = await self.store.find(asking.query, asking.limit, str(after) if after else None)
            return list(page.cases), UUID(page.after) if page.after else None
        found: list[Case] = []
        for _ in range(MOST_LOOKS):
            ids = await self.index.candidates(asking.tokens, after, asking.floor, BATCH)
            good = await self._good(asking, ids)
            room = asking.limit - len(found)
            found += good[:room]
            if len(good) > room or (len(good) == room and len(ids) == BATCH):
                return found, found[-1].id
            if len(ids) < BATCH:
                return found, None
            after = ids[-1]
        return found, after

    async def _good(self, asking: Asking, ids: Sequence[UUID]) -> list[Case]:
        """Those of the candidates that are as asked, by their snapshots and by what they really say."""
        page = await self.store.find(replace(asking.query, ids=ids), len(ids))
        cases = [case for case in page.cases if asking.seen(case)]
        if not asking.terms:
            return cases
        texts = await self.words.of([case.id for case in cases])
        return [case for case in cases if says(texts.get(case.id, ()), asking.terms)]

    async def _noted(self, caller: Principal, sought: Sought, hits: int) -> None:
        """Who searched, when, for what purpose and how much was found; never the words."""
        told: Document = {"at": self.clock(), "by": caller.id, "office": caller.office}
        await self.searches.insert_one(told | {"purpose": sought.purpose, "hits": hits})


def query_of(sought: Sought, office: str | None) -> CaseQuery:
    """The filters as the store takes them."""
    same = ("unit", "category", "grid", "community")
    return CaseQuery(
        office=office,
        number=sought.number,
        stages=sought.stage or None,
        reported_from=micros(sought.reported_from),
        reported_to=micros(sought.reported_to),
        **{name: getattr(sought, name) for name in same},
    )


def _reader(caller: Principal, sought: Sought, grounds: Grounds) -> Actor | Refusal:
    """Who looks for words reads them in a way: the same roles and purposes as for a look at them."""
    actor = actor_of(caller, VIEWERS, "search")
    codes = tuple(reason.code for reason in grounds.purposes)
    if isinstance(actor, Refusal):
        return actor
    if sought.purpose not in codes:
        detail = f"{sought.purpose} is no purpose" if sought.purpose else "a search for words needs a purpose"
        return Refusal(Why.INVALID, detail, attempted="search", allowed=codes, field="purpose")
    wrong = _too_little(sought.words or "")
    return Refusal(Why.INVALID, wrong, attempted="search", field="words") if wrong else actor


def _too_little(words: str) -> str | None:
    lone = next((term for term in terms(words) if len(term) < SHORTEST and not term.isascii()), None)
    if lone:
        return "a single character is in too many cases: give at least two that stand together"
    return None if grams(words) else "there are no letters, digits or characters to look for"


def _readable_by(actor: Actor, caller: Principal) -> Callable[[Case], bool]:
    area = frozenset(caller.grids + caller.communities)
    match actor.role:
        case Role.GRID_WORKER:
            return lambda case: not area.isdisjoint({case.grid, case.community})
        case Role.UNIT_WORKER:
            return lambda case: actor.unit is not None and actor.unit == case.lead
    return _everything


def _everything(case: Case) -> bool:
    return True
