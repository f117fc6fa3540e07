"""The blocklist: somebody blocked, blocked already, refused; what a blocked reporter hears; what stays on record."""

from typing import Any

import httpx
from pydantic_core import to_json

from libs.casework.topics import REJECTED, Door, door, outcomes
from libs.casework.vocabulary import Service
from services.intake.app import INTAKE
from services.intake.bodies import REPORT_SUBMITTED
from tests.integration.intake.test_reports_at_the_door import bring
from tests.support.street_office import StreetOffice, message

PHONE = "13900000000"
REPORT: dict[str, Any] = {"text": "和泰社区垃圾成堆", "contact": {"phone": PHONE, "consent": True}}
BLOCK = {"mark": "contact", "value": "+86 139 0000 0000", "reason": "false_reports", "days": 7}


async def report(client: httpx.AsyncClient, key: str, body: Any = REPORT, **headers: str) -> httpx.Response:
    given = {"Idempotency-Key": f"0193f5d0-6b7e-7c1a-{key}", **headers}
    return await client.post("/v1/reports", json=body, headers=given)


async def test_a_blocked_reporter_gets_one_polite_answer_and_it_is_recorded(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        before = await report(client, "before")
        made = await client.post("/v1/blocks", json=BLOCK, headers=clerk)
        refused = await report(client, "after")
        retry = await report(client, "before")
        taken_down = await report(client, "clerk", REPORT | {"on_behalf": True}, **clerk)
        somebody_else = await report(client, "else", {"text": "路灯不亮"})
        listed = (await client.get("/v1/blocks", headers=clerk)).json()["blocks"]
        kept = await ports.database["intake_blocks"].find_one({})
    assert [each.status_code for each in (before, made, retry, taken_down, somebody_else)] == [
        201,
        201,
        200,
        201,
        201,
    ]
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:banjie:problem:blocked")
    assert "多次虚假上报" in refused.json()["detail"]
    assert [(each["by"], each["reason"], each["refused"]) for each in listed] == [
        ("clerk-1", "false_reports", 1)
    ]
    assert PHONE.encode() not in to_json({**(kept or {}), "_id": None})
    assert PHONE not in str(listed)


async def test_who_is_blocked_already_stays_so_as_it_was_decided_and_is_let_in_once(
    office: StreetOffice,
) -> None:
    clerk = office.token("clerk")
    async with office.http(INTAKE) as client:
        first = (await client.post("/v1/blocks", json=BLOCK, headers=clerk)).json()
        other = BLOCK | {"reason": "abuse", "days": 99}
        again = await client.post("/v1/blocks", json=other, headers=office.token("clerk", id="clerk-2"))
        removing = f"/v1/blocks/{first['block_id']}/remove"
        removed = (await client.post(removing, headers=clerk)).json()
        once_more = (await client.post(removing, headers=clerk)).json()
        welcome = await report(client, "welcome")
        in_force = (await client.get("/v1/blocks", headers=clerk)).json()["blocks"]
        on_record = (await client.get("/v1/blocks", params={"all": True}, headers=clerk)).json()["blocks"]
        blocked_again = await client.post("/v1/blocks", json=BLOCK, headers=clerk)
    assert (again.status_code, again.json()["already"]) == (200, True)
    assert (again.json()["reason"], again.json()["until"]) == ("false_reports", first["until"])
    assert (removed["already"], once_more["already"], welcome.status_code) == (False, True, 201)
    assert (in_force, [each["removed_by"] for each in on_record]) == ([], ["clerk-1"])
    assert blocked_again.status_code == 201


async def test_whoever_sent_a_case_is_blocked_without_anybody_reading_who(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.http(INTAKE) as client:
        case = (await report(client, "one", {"text": "广告"})).json()["case_id"]
        wish = {"mark": "address", "case": case, "reason": "advertising"}
        made = await client.post("/v1/blocks", json=wish, headers=clerk)
        refused = await report(client, "two", {"text": "又是广告"})
        no_phone = await client.post("/v1/blocks", json=wish | {"mark": "contact"}, headers=clerk)
        stranger = office.token("clerk", office="shuibosi")
        elsewhere = await client.post("/v1/blocks", json=wish, headers=stranger)
    assert (made.status_code, refused.status_code) == (201, 403)
    assert (no_phone.status_code, elsewhere.status_code) == (422, 404)


async def test_a_block_is_the_offices_own(office: StreetOffice) -> None:
    there = office.token("clerk", office="shuibosi")
    async with office.http(INTAKE) as client:
        made = (await client.post("/v1/blocks", json=BLOCK, headers=there)).json()
        here = await report(client, "here")
        refused = await report(client, "there", REPORT | {"office": "shuibosi"})
        listed = (await client.get("/v1/blocks", headers=office.token("clerk"))).json()["blocks"]
        removing = f"/v1/blocks/{made['block_id']}/remove"
        not_theirs = await client.post(removing, headers=office.token("clerk"))
    assert (here.status_code, refused.status_code, listed, not_theirs.status_code) == (201, 403, [], 404)


async def test_a_block_that_cannot_be_is_refused_with_what_is_allowed(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.http(INTAKE) as client:
        reason = await client.post("/v1/blocks", json=BLOCK | {"reason": "dislike"}, headers=clerk)
        days = await client.post("/v1/blocks", json=BLOCK | {"days": 9999}, headers=clerk)
        nobody = await client.post("/v1/blocks", json={"mark": "contact", "reason": "abuse"}, headers=clerk)
        walker = await client.post("/v1/blocks", json=BLOCK, headers=office.token("grid_worker"))
    assert [each.status_code for each in (reason, days, nobody, walker)] == [422, 422, 422, 403]
    assert "false_reports" in reason.json()["allowed"]
    assert days.json()["allowed"] == ["1 to 365"]


async def test_a_blocked_publisher_is_refused_at_its_door_and_nothing_is_lost(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        name = await office.publisher(ports, "hotline")
        await bring(ports, name, message({"text": "一"}, REPORT_SUBMITTED, "m1"))
        wish = {"mark": "publisher", "value": name, "reason": "faulty_system"}
        await client.post("/v1/blocks", json=wish, headers=office.token("supervisor"))
        again = [
            message({"text": "一"}, REPORT_SUBMITTED, "m1"),
            message({"text": "二"}, REPORT_SUBMITTED, "m2"),
        ]
        await bring(ports, name, *again, first=1)
    told = [each["type"].split(".")[2] for each in await office.heard(outcomes(name))]
    rejected = await office.heard(door(Door.REPORTS, name) + REJECTED)
    assert told == ["accepted", "duplicate", "refused"]
    assert [each["code"] for each in rejected] == ["blocked"]


async def test_nobody_floods_the_office_from_one_phone(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        answers = [await report(client, f"flood-{number}") for number in range(21)]
        clerk = await report(client, "clerk", **office.token("clerk"))
    assert [each.status_code for each in answers] == [201] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 3600
    assert clerk.status_code == 201
