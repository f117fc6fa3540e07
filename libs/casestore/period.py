"""The cases of a period and their logs, read with several processes. Reading only: for simulations and figures."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pymongo.database import Database

from libs.casestore.concerns import CODEC
from libs.casestore.documents import CASES, EVENTS, logs_wanted, readable_logs
from libs.casestore.processes import Where, connect, processes
from libs.casework.entry import Entry
from libs.casework.vocabulary import OPEN

PAGE = 250
"""Cases at a time."""
QUEUED_A_WORKER = 3


class Question(Protocol):
    """What is asked of each log. Sent to each process once, so it has to be picklable."""

    def of_case(self, log: Sequence[Entry]) -> Counter[Any]:
        """What this case adds to the answer."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases that were there at some time from `begin` up to `end` (µs UTC), of one office (None: of all)."""

    begin: int
    end: int
    office: str | None = None

    @property
    def filter(self) -> dict[str, Any]:
        """As MongoDB takes it. What ended before the period is not in it; `stage_at` is when it ended."""
        lived = [{"stage": {"$in": [stage.value for stage in OPEN]}}, {"stage_at": {"$gte": self.begin}}]
        wanted: dict[str, Any] = {"reported_at": {"$lt": self.end}, "$or": lived}
        return wanted | ({"office": self.office} if self.office else {})


@dataclass(frozen=True, slots=True)
class Answer:
    """`counted` over all `cases`; `unreadable` ones this version cannot read, `verify` names them."""

    counted: Counter[Any]
    cases: int
    unreadable: int


def count_cases_of(where: Where, cases: Cases) -> int:
    """How many there are, for a progress bar."""
    with connect(where) as client:
        return client[where.database][CASES].count_documents(cases.filter)


def ask(
    where: Where, cases: Cases, question: Question, workers: int, progress: Callable[[int], None]
) -> Answer:
    """Ask every case's log; `progress` is told how many more were asked. The log may grow meanwhile."""
    counted, asked, unreadable = Counter[Any](), 0, 0
    with processes(workers, _get_ready, where, question) as pool:
        pages, running = _pages(where, cases), dict[Any, int]()
        more = True
        while more or running:
            while more and len(running) < workers * QUEUED_A_WORKER:
                page = next(pages, None)
                more = page is not None
                if page:
                    running[pool.submit(_ask_page, page)] = len(page)
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                found, read = done.result()
                size = running.pop(done)
                counted.update(found)
                asked, unreadable = asked + size, unreadable + size - read
                progress(size)
    return Answer(counted, asked, unreadable)


def _pages(where: Where, cases: Cases) -> Iterator[list[UUID]]:
    with connect(where) as client:
        heads = client.get_database(where.database, codec_options=CODEC)[CASES]
        page: list[UUID] = []
        for head in heads.find(cases.filter, {"_id": 1}).sort("_id", 1):
            page.append(head["_id"])
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page


@dataclass(slots=True)
class _Asker:
    """What a process of the pool keeps from page to page: its connection, which ends with it, and the question."""

    database: Database[dict[str, Any]]
    question: Question

    def of_page(self, page: Sequence[UUID]) -> tuple[Counter[Any], int]:
        logs = _logs(self.database, page)
        found = Counter[Any]()
        for log in logs.values():
            found.update(self.question.of_case(log))
        return found, len(logs)


_asker: list[_Asker] = []
"""One, once the process is ready."""


def _get_ready(where: Where, question: Question) -> None:
    database = connect(where).get_database(where.database, codec_options=CODEC)
    _asker.append(_Asker(database, question))


def _ask_page(page: Sequence[UUID]) -> tuple[Counter[Any], int]:
    return _asker[-1].of_page(page)


def _logs(database: Database[dict[str, Any]], page: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    return readable_logs(database[EVENTS].find(**logs_wanted(page), batch_size=5000))
