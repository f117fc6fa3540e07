"""Dispatch over HTTP on real servers: each command done, already done, refused."""

from typing import Any

import pytest

from libs.casework.vocabulary import Service, Stage
from services.dispatch.app import DISPATCH
from tests.support.planted import Garden, post, statuses
from tests.support.street_office import StreetOffice

PMC: dict[str, Any] = {"id": "u-1", "unit": "pmc"}
COMMANDS = [
    (Stage.FILED, "dispatch", "clerk", {"lead": "enforce", "helpers": ["pmc"]}, Stage.DISPATCHED),
    (Stage.DISPATCHED, "plan", "unit_worker", {"items": [{"title": "拆除围挡"}]}, Stage.DISPATCHED),
    (Stage.DISPATCHED, "accept", "unit_worker", {}, Stage.ACCEPTED),
    (Stage.DISPATCHED, "return", "unit_worker", {"reason": "not_our_duty", "words": "不归我们"}, Stage.FILED),
    (Stage.ACCEPTED, "start", "unit_worker", {}, Stage.WORKING),
    (Stage.WORKING, "note", "unit_worker", {"words": "明天有雨"}, Stage.WORKING),
    (Stage.WORKING, "await-resident", "unit_worker", {"words": "家中无人，已留条"}, Stage.WORKING),
    (Stage.WORKING, "resident-answered", "unit_worker", {"words": "约在周六"}, Stage.WORKING),
    (
        Stage.WORKING,
        "ask-suspension",
        "unit_worker",
        {"reason": "weather", "words": "连日下雨"},
        Stage.WORKING,
    ),
    (Stage.WORKING, "suspend", "supervisor", {"reason": "permit"}, Stage.SUSPENDED),
    (Stage.SUSPENDED, "review-suspension", "supervisor", {"words": "仍在等待"}, Stage.SUSPENDED),
    (Stage.SUSPENDED, "resume", "unit_worker", {}, Stage.WORKING),
    (Stage.WORKING, "hand-over", "clerk", {"lead": "enforce", "reason": "owner_found"}, Stage.DISPATCHED),
    (Stage.WORKING, "resolve", "unit_worker", {"words": "已拆除"}, Stage.RESOLVED),
    (
        Stage.WORKING,
        "attention",
        "supervisor",
        {"words": "三日内办结", "limit": "24 紧急工作时"},
        Stage.WORKING,
    ),
]


@pytest.mark.parametrize(("stage", "command", "role", "body", "then"), COMMANDS)
async def test_a_command_is_done_then_already_done_and_refused_where_it_cannot_be(
    office: StreetOffice, stage: Stage, command: str, role: str, body: dict[str, Any], then: Stage
) -> None:
    who = office.token(role, **PMC)
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(stage)
        done = await post(client, case, command, who, **body)
        again = await post(client, case, command, who, **body)
        reused = await post(client, case, "attention", office.token("supervisor", **PMC), words="别的")
        now = await garden.now(case.id)
        closed = await garden.a_case_at(Stage.CLOSED)
        late = await post(client, closed, command, who, "late", **body)
    assert statuses((done, again, reused, late)) == [200, 200, 422, 409]
    assert (done.json()["already"], again.json()) == (False, done.json() | {"already": True})
    assert (now.stage, now.seq) == (then, done.json()["seq"])
    assert (late.json()["type"], late.json()["stage"]) == ("urn:banjie:problem:not-this-stage", "closed")
    assert late.json()["attempted"].endswith(".v1")


async def test_the_whole_work_from_plan_to_report(office: StreetOffice) -> None:
    clerk, unit = office.token("clerk"), office.token("unit_worker", **PMC)
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.DISPATCHED)
        items = [{"title": "拆除", "id": "a"}, {"title": "清运", "id": "b", "unit": "dist_sanitation"}]
        await post(client, case, "plan", clerk, "1", items=items)
        await post(client, case, "accept", unit, "2")
        await post(client, case, "start", unit, "3")
        early = await post(client, case, "resolve", unit, "4", words="好了")
        for key, item in (("5", "a"), ("6", "b")):
            assert (await post(client, case, "done", unit, key, item=item, words="完成")).status_code == 200
        twice = await post(client, case, "done", unit, "7", item="b")
        empty = await post(client, case, "resolve", unit, "8")
        resolved = await post(client, case, "resolve", unit, "9", words="好了")
        log, now = await garden.log(case.id), await garden.now(case.id)
    assert statuses((early, twice, empty, resolved)) == [422, 422, 422, 200]
    assert "a, b" in early.json()["detail"]
    assert empty.json()["field"] == "evidence"
    assert log[4:] == [
        "planned.v1",
        "accepted.v1",
        "started.v1",
        "item_done.v1",
        "item_done.v1",
        "resolved.v1",
    ]
    assert (now.stage, now.acted) == (Stage.RESOLVED, ("u-1",))


async def test_a_pause_is_asked_for_refused_asked_for_again_and_approved(office: StreetOffice) -> None:
    supervisor, unit = office.token("supervisor", id="s-1"), office.token("unit_worker", **PMC)
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.WORKING)
        unasked = await post(client, case, "refuse-suspension", supervisor, "0")
        asked = [await post(client, case, "ask-suspension", unit, "1", reason="weather", words="连日下雨")]
        refused = await post(client, case, "refuse-suspension", supervisor, "2", words="雨已停")
        waiting = await garden.now(case.id)
        asked.append(await post(client, case, "ask-suspension", unit, "3", reason="permit"))
        by_the_unit = await post(client, case, "suspend", unit, "4")
        approved = await post(client, case, "suspend", supervisor, "5")
        paused = await garden.now(case.id)
        idle = await post(client, case, "resolve", unit, "6", words="好了")
        resumed = await post(client, case, "resume", unit, "7", words="许可已到")
        now = await garden.now(case.id)
    assert statuses((unasked, *asked, refused, approved, resumed)) == [409, 200, 200, 200, 200, 200]
    assert statuses((by_the_unit, idle)) == [403, 409]
    assert (waiting.asked, waiting.awaits.person) == (None, "unit_worker")
    assert (paused.stage, paused.asked, paused.suspensions) == (Stage.SUSPENDED, None, 1)
    assert (now.stage, now.awaits.person) == (Stage.WORKING, "unit_worker")


async def test_two_returns_ask_for_a_final_ruling_that_cannot_be_returned(office: StreetOffice) -> None:
    clerk, unit = office.token("clerk"), office.token("unit_worker", **PMC)
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.DISPATCHED)
        for turn in ("1", "2"):
            returned = await post(client, case, "return", unit, f"r{turn}", reason="not_our_duty")
            assert returned.status_code == 200
            ordered = await post(client, case, "dispatch", clerk, f"d{turn}", lead="pmc")
        final = await post(client, case, "dispatch", clerk, "f", lead="pmc", final=True)
        never = await post(client, case, "return", unit, "r3", reason="not_our_duty")
        now = await garden.now(case.id)
    assert statuses((ordered, final, never)) == [422, 200, 403]
    assert (now.returns, now.returned_by, now.lead) == (2, ("pmc",), "pmc")


async def test_nobody_acts_for_another_unit_or_office(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        case = await Garden(ports).a_case_at(Stage.DISPATCHED)
        other_unit = await post(client, case, "accept", office.token("unit_worker", unit="enforce"))
        elsewhere = await post(
            client, case, "accept", office.token("unit_worker", office="shuibosi", unit="pmc")
        )
        role = await post(client, case, "accept", office.token("checker"))
        nobody = await post(client, case, "accept", {})
        seen = await post(client, case, "accept", office.token("clerk") | {"If-Match": '"1"'})
    assert statuses((other_unit, elsewhere, role, nobody, seen)) == [403, 404, 403, 401, 409]
    assert seen.json()["type"] == "urn:banjie:problem:stale"
