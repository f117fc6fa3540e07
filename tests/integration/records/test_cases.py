"""Cases over HTTP on real servers: lists, one case, its story, figures, the table."""

import json
from typing import Any

import httpx
from uuid_utils.compat import uuid7

from libs.casework.lifecycle import TABLE
from libs.casework.vocabulary import Service, Stage
from services.records.app import RECORDS
from tests.support.planted import GRID, WORDS, Garden
from tests.support.street_office import StreetOffice


async def listed(client: httpx.AsyncClient, who: dict[str, str], **asked: Any) -> list[str]:
    answer = await client.get("/v1/cases", params=asked, headers=who)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["cases"]]


async def test_lists_are_narrowed_by_what_is_given_and_stay_in_the_office(office: StreetOffice) -> None:
    clerk, auditor = office.token("clerk"), office.token("auditor")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        filed, closed = await garden.a_case_at(Stage.FILED), await garden.a_case_at(Stage.CLOSED)
        far = await garden.a_case_at(Stage.FILED, office="shuibosi")
        found = {
            name: await listed(client, clerk, **{name: value})
            for name, value in (
                ("stage", ["filed", "working"]),
                ("unit", "pmc"),
                ("category", "hoarding"),
                ("grid", GRID),
                ("awaits", "dispatch"),
                ("number", closed.number),
                ("publisher", "nobody"),
                ("reported_to", "2020-01-01T00:00:00Z"),
                ("office", "shuibosi"),
            )
        }
        everywhere = await listed(client, auditor, stage="filed")
        there = await listed(client, auditor, office="shuibosi")
    both = [closed.number, filed.number]
    assert found == {
        "stage": [filed.number],
        "unit": [closed.number],
        "category": both,
        "grid": both,
        "awaits": [filed.number],
        "number": [closed.number],
        "publisher": [],
        "reported_to": [],
        "office": [],
    }
    assert (everywhere, there) == ([far.number, filed.number], [far.number])


async def test_pages_follow_each_other_without_a_gap(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        numbers = [(await garden.a_case_at(Stage.REPORTED)).number for _ in range(5)]
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            params = {"limit": 2, "oldest_first": True} | ({"after": after} if after else {})
            page = (await client.get("/v1/cases", params=params, headers=clerk)).json()
            seen, after = seen + [each["number"] for each in page["cases"]], page["after"]
    assert seen == numbers


async def test_a_filter_that_cannot_be_is_refused(office: StreetOffice) -> None:
    wrong: list[dict[str, Any]] = [
        {"limit": 201},
        {"limit": 0},
        {"stage": "lost"},
        {"awaits": "god"},
        {"after": "x"},
        {"what": 1},
    ]
    async with office.http(RECORDS) as client:
        for asked in wrong:
            answer = await client.get("/v1/cases", params=asked, headers=office.token("clerk"))
            assert (answer.status_code, answer.json()["type"]) == (422, "urn:banjie:problem:invalid"), asked


async def test_a_case_has_its_names_in_both_languages_and_the_steps_allowed_now(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.WORKING, "planned")
        answer = await client.get(f"/v1/cases/{case.id}", headers=office.token("clerk"))
        strange = await client.get(f"/v1/cases/{case.id}", headers=office.token("clerk", office="shuibosi"))
        resident = await client.get(f"/v1/cases/{case.id}", headers=office.token("resident"))
        nobody = await client.get(f"/v1/cases/{case.id}")
    assert [each.status_code for each in (strange, resident, nobody)] == [404, 403, 401]
    page = answer.json()
    assert page["names"]["stage"] == {"zh": "处置中", "en": "working"}
    assert page["names"]["category"]["zh"] == "施工围挡" or "围挡" in page["names"]["category"]["zh"]
    assert page["names"]["units"]["pmc"] == {"zh": "物业服务企业", "en": "Property company"}
    assert page["names"]["places"][GRID]["zh"]
    assert (page["assignment"]["lead"], [item["id"] for item in page["items"]]) == (
        "pmc",
        ["dismantle", "clear", "beautify"],
    )
    assert WORDS not in json.dumps(page, ensure_ascii=False)


async def test_lists_read_no_logs(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.WORKING)
        await ports.database["case_events"].drop()
        assert await listed(client, office.token("clerk")) == [case.number]


async def test_a_case_with_something_of_a_later_version_in_its_log_is_still_shown(
    office: StreetOffice,
) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.WORKING)
        entry = await ports.database["case_events"].find_one({"case_id": case.id, "seq": case.seq})
        later = {"_id": uuid7(), "seq": case.seq + 1, "type": "blessed.v1", "body": b"{}"}
        await ports.database["case_events"].insert_one({**(entry or {}), **later})
        await ports.database["cases"].update_one({"_id": case.id}, {"$addToSet": {"kinds": "blessed.v1"}})
        page = await client.get(f"/v1/cases/{case.id}", headers=office.token("clerk"))
        content = f"/v1/cases/{case.id}/content"
        look = await client.post(content, json={"purpose": "check"}, headers=office.token("clerk"))
    assert [kept["kind"] for kept in page.json()["contents"]] == ["text", "contact", "point"]
    assert look.json()["type"] == "urn:banjie:problem:unknown-event"
    assert WORDS not in look.text


async def test_the_story_tells_who_when_and_how_long(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.CLOSED)
        answer = await client.get(f"/v1/cases/{case.id}/log", headers=office.token("auditor"))
        log = await ports.store.log(case.id)
    told = answer.json()
    assert [each["event"] for each in told["entries"]] == [sealed.entry.type for sealed in log]
    assert [each["hash"] for each in told["entries"]] == [sealed.hash.hex() for sealed in log]
    assert told["entries"][0]["name"] == {"zh": "受理上报", "en": "reported"}
    assert told["entries"][1]["actor"]["id"] == "planter"
    assert sum(each["waited_us"] for each in told["entries"]) == log[-1].entry.at - log[0].entry.at
    stays = [(each["stage"], each["took_us"]) for each in told["stages"]]
    assert [stage for stage, _ in stays] == [
        "reported",
        "filed",
        "dispatched",
        "accepted",
        "working",
        "resolved",
        "closed",
    ]
    assert stays[-1] == ("closed", None)
    assert WORDS not in answer.text


async def test_closing_times_are_by_nearest_rank(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        cases = [await Garden(ports).a_case_at(Stage.CLOSED) for _ in range(3)]
        await Garden(ports).a_case_at(Stage.WORKING)
        for minutes, case in zip((30, 10, 20), cases, strict=True):
            moved = {"$set": {"closed_at": case.reported_at + minutes * 60_000_000}}
            await ports.database["cases"].update_one({"number": case.number}, moved)
        stats = (await client.get("/v1/stats", headers=clerk)).json()
        early = await client.get("/v1/stats?closed_before=2020-01-01T00:00:00Z", headers=clerk)
        elsewhere = await client.get("/v1/stats", headers=office.token("clerk", office="shuibosi"))
    total = {"closed": 3, "median_s": 1200.0, "p90_s": 1800.0}
    assert stats["total"] == {"code": None, "name": None, **total}
    assert stats["by_unit"] == [
        {"code": "pmc", "name": {"zh": "物业服务企业", "en": "Property company"}, **total}
    ]
    assert [each["code"] for each in stats["by_category"]] == ["hoarding"]
    assert (stats["stages"]["closed"], stats["stages"]["working"], stats["stages"]["filed"]) == (3, 1, 0)
    assert (early.json()["total"], elsewhere.json()["total"]) == (None, None)


async def test_the_table_is_for_everybody(office: StreetOffice) -> None:
    async with office.http(RECORDS) as client:
        table = (await client.get("/v1/lifecycle")).json()
    assert [row["event"] for row in table["steps"]] == [row.event for row in TABLE]
    assert table["steps"][0]["at"] == [None]
    assert {row["stage"] for row in table["stages"]} == set(Stage)
