"""Search on real servers: by words, codes, number; pages; who finds what; erasure."""

from typing import Any

import httpx
import pytest

from libs.casestore.searching import SEARCH
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.clock import now_us
from libs.stages.ports import Ports
from services.records.app import RECORDS, indexing
from tests.support.planted import GRID, Garden
from tests.support.street_office import StreetOffice

A_LOOK = {"words": "围挡 破了", "purpose": "triage"}


async def indexed(ports: Ports) -> None:
    """All that was said so far is in the index."""
    indexer = indexing(ports)._indexer
    while await indexer.once(now_us()):
        pass


async def found(client: httpx.AsyncClient, who: dict[str, str], **sought: Any) -> list[str]:
    answer = await client.post("/v1/search", json=sought, headers=who)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["cases"]]


async def test_words_codes_and_number_find_a_case_alone_and_together(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        first, second = await garden.a_case_at(Stage.FILED), await garden.a_case_at(Stage.WORKING)
        await garden.note(second.id, "已联系 Fire Brigade,7号楼")
        far = await garden.a_case_at(Stage.FILED, office="shuibosi")
        await indexed(ports)
        both = [second.number, first.number]
        assert await found(client, clerk, **A_LOOK) == both
        assert await found(client, clerk, **A_LOOK, stage=["filed"]) == [first.number]
        assert await found(client, clerk, words="７号楼 brigade", purpose="work") == [second.number]
        assert await found(client, clerk, words="挡围", purpose="work") == []
        assert await found(client, clerk, grid=GRID, category="hoarding") == both
        assert await found(client, clerk, unit="pmc") == [second.number]
        assert await found(client, clerk, number=first.number) == [first.number]
        assert await found(client, clerk, **A_LOOK, reported_to="2020-01-01T00:00:00Z") == []
        assert await found(client, clerk, **A_LOOK, office="shuibosi") == []
        assert await found(client, office.token("clerk", office="shuibosi"), **A_LOOK) == [far.number]
        assert await found(client, office.token("auditor"), office="shuibosi") == [far.number]
        noted = await ports.database["searches"].find_one({"hits": 2})
    assert noted is not None
    assert (noted["by"], noted["purpose"], "words" in noted) == ("clerk-1", "triage", False)


async def test_each_role_finds_by_words_what_it_may_read(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.WORKING)
        await indexed(ports)
        people = {
            "lead": office.token("unit_worker", unit="pmc"),
            "other unit": office.token("unit_worker", unit="enforce"),
            "its grid": office.token("grid_worker", grids=(GRID,)),
            "other grid": office.token("grid_worker", grids=("1",)),
        }
        seen = {name: await found(client, who, **A_LOOK) for name, who in people.items()}
        auditor = await client.post("/v1/search", json=A_LOOK, headers=office.token("auditor"))
    assert seen == {"lead": [case.number], "other unit": [], "its grid": [case.number], "other grid": []}
    assert auditor.status_code == 403


async def test_erased_words_are_not_found_even_by_a_row_that_stayed(office: StreetOffice) -> None:
    clerk, administrator = office.token("clerk"), office.token("administrator")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.FILED)
        await indexed(ports)
        row = await ports.database[SEARCH].find_one({"_id": case.id})
        gone = await client.delete(
            f"/v1/cases/{case.id}/content?basis=ordered",
            headers={**administrator, "Idempotency-Key": "gone"},
        )
        assert (gone.status_code, await ports.database[SEARCH].find_one({"_id": case.id})) == (200, None)
        await ports.database[SEARCH].insert_one(row or {})
        assert await found(client, clerk, **A_LOOK) == []
        await indexed(ports)
        assert await found(client, clerk, category="hoarding") == [case.number]


async def test_pages_hold_every_case_once_while_cases_come_and_change(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        cases = [await garden.a_case_at(Stage.FILED) for _ in range(7)]
        await indexed(ports)
        seen: list[str] = []
        after: str | None = None
        while after is not None or not seen:
            sought = {**A_LOOK, "limit": 2} | ({"after": after} if after else {})
            page = (await client.post("/v1/search", json=sought, headers=clerk)).json()
            seen, after = seen + [each["number"] for each in page["cases"]], page["after"]
            await garden.a_case_at(Stage.REPORTED)
            await garden.note(cases[0].id, "又有新情况")
            await indexed(ports)
    assert seen == [case.number for case in reversed(cases)]


@pytest.mark.parametrize(
    ("sought", "field"),
    [
        ({"words": "围挡"}, "purpose"),
        ({"words": "围挡", "purpose": "curiosity"}, "purpose"),
        ({"words": "……", "purpose": "work"}, "words"),
        ({"words": "火 围挡", "purpose": "work"}, "words"),
        ({"stage": ["lost"]}, None),
        ({"limit": 0}, None),
        ({"what": 1}, None),
    ],
)
async def test_what_cannot_be_looked_for_is_refused(
    office: StreetOffice, sought: dict[str, Any], field: str | None
) -> None:
    async with office.http(RECORDS) as client:
        answer = await client.post("/v1/search", json=sought, headers=office.token("clerk"))
    assert answer.status_code == 422
    assert answer.json().get("field") == field or field is None
