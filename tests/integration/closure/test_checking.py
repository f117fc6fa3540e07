"""Closure on real servers: checks by rule, over HTTP and at the door."""

from typing import Any

import pytest

from libs.casework.events.closure import CheckPlanned
from libs.casework.topics import Door, door, outcomes
from libs.casework.vocabulary import Role, Service, Stage
from services.closure.app import CLOSURE, build
from tests.rules.closure.asking import all_hold
from tests.support.planted import Garden, post, statuses
from tests.support.street_office import StreetOffice, message, records

NOT_CLEARED = {"point": "ho11", "answer": "no", "remark": "王师傅说还有铁件"}
PASSING = {"words": "现场已清理", "points": all_hold(), "no_photo": "上报时没有照片"}
FAILING = {"reason": "half_done", "words": "还有垃圾", "points": [NOT_CLEARED]}
COMMANDS = [
    (Stage.RESOLVED, "pass", "checker", PASSING, Stage.CLOSED),
    (Stage.RESOLVED, "fail", "checker", FAILING, Stage.ACCEPTED),
    (Stage.CLOSED, "patrol", "clerk", {"every_days": 7, "times": 4}, Stage.CLOSED),
    (
        Stage.CLOSED,
        "call-back",
        "clerk",
        {"reached": True, "score": 5, "solved": True, "words": "电话回访"},
        Stage.CLOSED,
    ),
    (Stage.CLOSED, "reopen", "clerk", {"reason": "closed_by_mistake"}, Stage.FILED),
]


async def test_work_reported_done_is_to_be_checked_once(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.RESOLVED)
        room = await build(ports)
        assert await room.reactor.look_at([case.id]) == 1
        assert await room.reactor.look_at([case.id]) == 0
        check, now = await garden.last(case.id), await garden.now(case.id)
    assert isinstance(check, CheckPlanned)
    assert (check.not_unit, now.check, now.awaits.person) == ("pmc", "planned", Role.CHECKER)


@pytest.mark.parametrize(("stage", "command", "role", "body", "then"), COMMANDS)
async def test_a_command_is_done_then_already_done_and_refused_where_it_cannot_be(
    office: StreetOffice, stage: Stage, command: str, role: str, body: dict[str, Any], then: Stage
) -> None:
    who = office.token(role, id="somebody")
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(stage)
        done = await post(client, case, command, who, **body)
        again = await post(client, case, command, who, **body)
        now = await garden.now(case.id)
        filed = await garden.a_case_at(Stage.FILED)
        early = await post(client, filed, command, who, "early", **body)
    assert statuses((done, again, early)) == [200, 200, 409]
    assert (done.json()["already"], again.json()) == (False, done.json() | {"already": True})
    assert (now.stage, now.seq) == (then, done.json()["seq"])
    assert (early.json()["type"], early.json()["stage"]) == ("urn:banjie:problem:not-this-stage", "filed")
    assert early.json()["attempted"].endswith(".v1")


async def test_who_belongs_to_the_unit_or_did_the_work_is_refused(office: StreetOffice) -> None:
    people = [
        office.token("checker", unit="pmc"),
        office.token("checker", unit="community"),
        office.token("clerk", id="planter"),
    ]
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.RESOLVED)
        refused = [await post(client, case, "pass", who, f"k{n}", **PASSING) for n, who in enumerate(people)]
        assert await garden.now(case.id) == case
        passed = await post(client, case, "pass", office.token("clerk", id="clerk-2"), **PASSING)
        log = await garden.log(case.id)
    assert statuses((*refused, passed)) == [403, 403, 403, 200]
    assert [each.json()["attempted"] for each in refused] == ["pass"] * 3
    assert log[-3:] == ["check_passed.v1", "closed.v1", "patrol_planned.v1"]


async def test_another_system_checks_at_its_door(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports:
        garden = Garden(ports)
        good, bad = await garden.a_case_at(Stage.RESOLVED), await garden.a_case_at(Stage.RESOLVED)
        name = await office.publisher(ports, "inspectors")
        own = await office.publisher(ports, "pmc-system", unit="pmc")
        listening = (await build(ports)).routes[1]
        batch = [
            message(PASSING, "banjie.checks.pass.v1", "m1", subject=str(good.id)),
            message(FAILING, "banjie.checks.fail.v1", "m2", subject=str(bad.id)),
            message({"score": 5, "solved": True}, "banjie.checks.call_back.v1", "m3", subject=str(good.id)),
            message(PASSING, "banjie.checks.pass.v1", "m1", subject=str(good.id)),
        ]
        await listening.handler(records(door(Door.CHECKS, name), batch))
        third = await garden.a_case_at(Stage.RESOLVED)
        biased = message(PASSING, "banjie.checks.pass.v1", "m1", subject=str(third.id))
        await listening.handler(records(door(Door.CHECKS, own), [biased]))
        stages = [(await garden.now(case.id)).stage for case in (good, bad, third)]
    told = [each["type"].split(".")[2] for each in await office.heard(outcomes(name))]
    assert told == ["accepted", "accepted", "refused", "duplicate"]
    assert stages == [Stage.CLOSED, Stage.ACCEPTED, Stage.RESOLVED]
    assert [each["data"]["code"] for each in await office.heard(outcomes(own))] == ["not-allowed"]


async def test_whom_to_call_is_listed_until_they_have_rated_or_were_called_enough(
    office: StreetOffice,
) -> None:
    clerk, far = office.token("clerk", id="caller"), office.token("clerk", office="shuibosi")
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        missed, rated = [await garden.a_case_at(Stage.CLOSED) for _ in range(2)]
        await garden.a_case_at(Stage.CLOSED, "called_back", "called_back", "called_back")
        before = await client.get("/v1/calls?limit=3", headers=clerk)
        answers = [
            await post(client, missed, "call-back", clerk, "m", reached=False),
            await post(client, rated, "call-back", clerk, "r", reached=True, score=5, solved=True),
        ]
        after = await client.get("/v1/calls?limit=3", headers=clerk)
        elsewhere = await client.get("/v1/calls", headers=far)
        checker = await client.get("/v1/calls", headers=office.token("checker"))
    assert statuses((*answers, before, after, elsewhere, checker)) == [200, 200, 200, 200, 200, 403]
    assert [each["case_id"] for each in before.json()["cases"]] == [str(rated.id), str(missed.id)]
    assert [(each["case_id"], each["calls"]) for each in after.json()["cases"]] == [(str(missed.id), 1)]
    assert elsewhere.json()["cases"] == []
