"""Many reports in one request: taken in, taken in before, refused, each by itself."""

from typing import Any

import httpx

from libs.casestore.reading import CaseQuery
from libs.casework.vocabulary import Service
from services.intake.app import INTAKE
from services.intake.batch import MOST
from tests.support.street_office import StreetOffice


def an_item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "key": f"round-{number}",
        "report": {"text": f"第{number}处消火栓没有水", "address": "和泰社区", **more},
    }


async def post(client: httpx.AsyncClient, *items: Any, **headers: str) -> httpx.Response:
    return await client.post("/v1/reports/batch", json={"reports": list(items)}, headers=headers)


def ends(answer: httpx.Response) -> list[str]:
    return [each["outcome"] for each in answer.json()["results"]]


BAD = [
    {"key": "no-report"},
    "no object",
    {"key": "b1", "report": {"text": "x", "category": "no_such"}},
    {"key": "b2", "report": {"text": "x", "office": "shuibosi"}},
    {"key": "b3", "report": {"text": "x", "category": "infant_supplies"}},
    {"report": {"text": "x"}},
]


async def test_each_item_gets_its_own_result_and_a_bad_one_harms_no_other(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        answer = await post(client, an_item(1), *BAD, an_item(2), **office.token("clerk"))
        cases = (await ports.store.find(CaseQuery())).cases
    told = answer.json()
    assert answer.status_code == 200
    assert ends(answer) == ["accepted", *["refused"] * len(BAD), "accepted"]
    assert (told["accepted"], told["duplicate"], told["refused"]) == (2, 0, len(BAD))
    assert [each["field"] for each in told["results"][1:-1]] == [
        "report", "value", "category", "office", "fields.age_months", "key",
    ]  # fmt: skip
    assert {each["number"] for each in told["results"] if each["number"]} == {case.number for case in cases}
    assert told["results"][0]["receipt"]


async def test_a_batch_that_is_sent_again_opens_nothing_and_uses_up_no_number(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.http(INTAKE) as client:
        first = await post(client, *map(an_item, range(3)), **clerk)
        again = await post(client, *map(an_item, range(2, 5)), **clerk)
        twice = await post(client, an_item(9), an_item(9), **clerk)
        alone = await client.post(
            "/v1/reports", json=an_item(0)["report"], headers=clerk | {"Idempotency-Key": "round-0"}
        )
    assert (ends(first), ends(again)) == (["accepted"] * 3, ["duplicate", "accepted", "accepted"])
    assert ends(twice) == ["accepted", "duplicate"]
    assert first.json()["results"][2]["number"] == again.json()["results"][0]["number"]
    numbers = [each["number"][-5:] for each in (*first.json()["results"], *again.json()["results"][1:])]
    assert numbers == ["00001", "00002", "00003", "00004", "00005"]
    assert (alone.status_code, alone.json()["case_id"]) == (200, first.json()["results"][0]["case_id"])


async def test_a_key_that_was_used_for_another_report_is_refused(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        answer = await post(client, an_item(1), an_item(1, address="别处"), **office.token("clerk"))
    assert ends(answer) == ["accepted", "refused"]
    assert answer.json()["results"][1]["code"] == "key-reused"


async def test_too_many_none_or_from_nobody_is_refused_as_a_whole(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        too_many = await post(client, *map(an_item, range(MOST + 1)), **office.token("clerk"))
        nothing = await post(client, **office.token("clerk"))
        nobody = await post(client, an_item(1))
        unit = await post(client, an_item(1), **office.token("unit_worker", unit="pmc"))
        full = await post(client, *map(an_item, range(MOST)), **office.token("grid_worker"))
    assert [each.status_code for each in (too_many, nothing, nobody, unit)] == [422, 422, 401, 403]
    assert too_many.json()["errors"][0]["allowed"] == {"max_length": MOST}
    assert (full.status_code, full.json()["accepted"]) == (200, MOST)


async def test_a_grid_workers_batch_was_seen_on_the_spot(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        await post(client, an_item(1), an_item(2, on_behalf=True), **office.token("grid_worker"))
        cases = (await ports.store.find(CaseQuery())).cases
    assert sorted(case.seen_on_spot for case in cases) == [False, True]
