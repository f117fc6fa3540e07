"""The ledger's door: a wrong cursor is refused before anything is read, and what is damaged is not blamed on it."""

from typing import Any, cast

import pytest
from pydantic import ValidationError

from libs.casestore.reading import CaseQuery, Page, Waited, waited_from
from libs.casework.case import Case
from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem
from services.sla.ledger import Filters, LedgerDoor

CLERK = Principal("c-1", frozenset({"clerk"}), "yingbin")
PLACE = Waited(1_795_000_000_000_000, waited_from("0.0193f111-0000-7000-8000-000000000001").case_id)


class Damaged:
    """A store in which the next case cannot be read."""

    def __init__(self) -> None:
        self.places = list[Waited | None]()

    async def offices(self) -> list[str]:
        return ["yingbin"]

    async def suspended(self, query: CaseQuery, limit: int, after: Waited | None = None) -> Page:
        self.places.append(after)
        return Page((Case.model_validate({"stage": "moon"}),), None)


def door(store: Damaged) -> LedgerDoor:
    return LedgerDoor(store, cast(Any, None), cast(Any, None), lambda: 0)


async def test_a_damaged_snapshot_is_not_blamed_on_the_cursor() -> None:
    store = Damaged()
    with pytest.raises(ValidationError):
        await door(store).suspended(CLERK, Filters(after=str(PLACE)))
    assert store.places == [PLACE]


@pytest.mark.parametrize("after", ["x", "1.x", f"{10**19}.{PLACE.case_id}", f"-1.{PLACE.case_id}"])
async def test_a_wrong_cursor_is_refused_before_anything_is_read(after: str) -> None:
    store = Damaged()
    with pytest.raises(Problem) as refused:
        await door(store).suspended(CLERK, Filters(after=after))
    assert (refused.value.status_code, store.places) == (422, [])
