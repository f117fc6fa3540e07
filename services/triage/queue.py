"""The order of the clerk's queue: emergencies, then what is urgent, then the rest; in each the oldest first. By pages."""

from dataclasses import replace
from uuid import UUID

from libs.casestore.reading import CaseQuery, Page
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.vocabulary import Urgency

CURSOR = r"^(normal|urgent|emergency)\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""The urgency and id of the last case shown: what comes after it stays the same when others are decided meanwhile."""
GRAVEST_FIRST = tuple(reversed(Urgency))


async def queue_page(store: CaseStore, query: CaseQuery, limit: int, after: str | None) -> Page:
    """The cases after that cursor, by at most three reads of at most `limit` + 2 each."""
    level, last = _place(after)
    found: list[Case] = []
    for urgency in GRAVEST_FIRST[GRAVEST_FIRST.index(level) :]:
        wanted = limit + 1 - len(found)
        if wanted:
            page = await store.find(replace(query, urgency=urgency), wanted, last, oldest_first=True)
            found += page.cases
        last = None
    return Page(tuple(found[:limit]), _cursor(found[limit - 1]) if len(found) > limit else None)


def _place(after: str | None) -> tuple[Urgency, str | None]:
    if after is None:
        return GRAVEST_FIRST[0], None
    level, last = after.split(".")
    return Urgency(level), str(UUID(last))


def _cursor(case: Case) -> str:
    return f"{case.urgency or Urgency.NORMAL}.{case.id}"
