"""Who checks, on real servers: chosen from those who have a key, shown in their list, given to somebody else."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from uuid_utils.compat import uuid7

from libs.casework.samples.examples import GRID
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.stack import Endpoints
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.principals import Principal
from libs.stages.ports import Ports
from services.closure.app import CLOSURE, build
from tests.rules.closure.asking import all_hold
from tests.support.planted import Garden, post, statuses
from tests.support.street_office import StreetOffice, a_street_office

HOUR = 3600 * 1_000_000


@pytest.fixture
async def office(servers: Endpoints) -> AsyncIterator[StreetOffice]:
    """One for each test: who has a key decides."""
    async with a_street_office(servers) as one:
        yield one


async def with_keys(ports: Ports, *people: Principal, at: int | None = None) -> KeyRegistry:
    keys, now = KeyRegistry(ports.database["keys"]), at or now_us()
    for person in people:
        await keys.add(str(uuid7()), person, now)
    return keys


def a_checker(name: str, office: str = "yingbin", left: int = HOUR, **more: object) -> Principal:
    return Principal(name, frozenset({"checker"}), office, expires=now_us() + left, **more)  # type: ignore[arg-type]


async def test_a_checker_of_the_grid_is_chosen_and_finds_it_in_their_list(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        people = [
            a_checker("c-grid", grids=(GRID,)),
            a_checker("c-any"),
            a_checker("c-far", "shuibosi", grids=(GRID,)),
            a_checker("c-late", left=-HOUR, grids=(GRID,)),
        ]
        await with_keys(ports, *people)
        case = await garden.a_case_at(Stage.RESOLVED)
        assert await (await build(ports)).reactor.look_at([case.id]) == 1
        mine = await client.get("/v1/checks?mine=true", headers=office.token("checker", id="c-grid"))
        others = await client.get("/v1/checks?mine=true", headers=office.token("checker", id="c-any"))
        everybody = await client.get("/v1/checks", headers=office.token("checker", id="c-any"))
        far = await client.get("/v1/checks", headers=office.token("checker", office="shuibosi"))
        resident = await client.get("/v1/checks", headers=office.token("resident"))
    (due,) = mine.json()["cases"]
    assert (due["case_id"], due["checker"], due["may_check"]) == (str(case.id), "c-grid", True)
    assert due["name"]["en"]
    assert others.json()["cases"] == far.json()["cases"] == []
    (seen,) = everybody.json()["cases"]
    assert (seen["may_check"], "given to c-grid" in seen["why_not"]) == (False, True)
    assert resident.status_code == 403


async def test_nobody_else_checks_until_the_office_gives_it_to_them(office: StreetOffice) -> None:
    body = {"words": "好", "points": all_hold(), "no_photo": "上报时没有照片"}
    clerk, other = office.token("clerk", id="clerk-9"), office.token("checker", id="c-any")
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        await with_keys(ports, a_checker("c-grid", grids=(GRID,)), a_checker("c-any"))
        case = await garden.a_case_at(Stage.RESOLVED)
        await (await build(ports)).reactor.look_at([case.id])
        early = await post(client, case, "pass", other, "early", **body)
        unknown = await post(client, case, "assign-check", clerk, "u", checker="nobody")
        given = await post(client, case, "assign-check", clerk, "g", checker="c-any")
        again = await post(client, case, "assign-check", clerk, "g", checker="c-any")
        same = await post(client, case, "assign-check", clerk, "h", checker="c-any")
        away = await post(client, case, "assign-check", office.token("clerk", office="shuibosi"), "f")
        passed = await post(client, case, "pass", other, "late", **body)
        closed = await post(client, case, "assign-check", clerk, "z", checker="c-grid")
    assert statuses((early, unknown, given, again, same, away, passed, closed)) == [
        403,
        422,
        200,
        200,
        200,
        404,
        200,
        409,
    ]
    assert unknown.json()["allowed"] == ["c-any", "c-grid"]
    assert [each.json()["already"] for each in (given, again, same)] == [False, True, True]
    assert (closed.json()["stage"], closed.json()["attempted"]) == ("closed", "check_planned.v1")


async def test_a_revoked_key_is_nobody_to_choose(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports:
        keys = await with_keys(ports, a_checker("c-any"))
        (key,) = await keys.list()
        await keys.revoke(key["_id"], now_us())
        assert await keys.of_role("checker", now_us()) == []
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.RESOLVED)
        await (await build(ports)).reactor.look_at([case.id])
        check = await garden.last(case.id)
    assert (check.checker, check.because[-1]) == (None, "no_checker_known")


async def test_the_checklist_of_a_case_shows_the_points_and_how_they_were_last_answered(
    office: StreetOffice,
) -> None:
    remark = {"point": "ho11", "answer": "no", "remark": "还有铁件"}
    who = office.token("checker", id="c-1")
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.RESOLVED)
        path = f"/v1/cases/{case.id}/check"
        before = await client.get(path, headers=who)
        short = await post(client, case, "pass", who, "p", words="好")
        failed = await post(client, case, "fail", who, "f", reason="half_done", points=[remark])
        after, unit = await asyncio.gather(
            client.get(path, headers=who),
            client.get(path, headers=office.token("unit_worker", unit="pmc")),
        )
        far = await client.get(path, headers=office.token("checker", office="shuibosi"))
        log = await ports.store.log(case.id)
    asked = before.json()
    assert [each["point"] for each in asked["points"]][:2] == ["ho01", "ho02"]
    assert (asked["photos"], asked["last"]) == (["before", "after"], None)
    assert asked["closing_condition"]
    assert statuses((short, failed, after, unit, far)) == [422, 200, 200, 200, 404]
    assert "ho11 拆后清场 (not answered)" in short.json()["detail"]
    points = {each["point"]: each for each in after.json()["points"]}
    assert (points["ho11"]["answer"], points["ho01"]["answer"]) == ("no", None)
    assert after.json()["last"]["passed"] is False
    assert after.json()["last"]["reason"] == "half_done"
    assert points["ho11"]["remark"] == str(log[-1].entry.data.points[0].remark.id)
    assert "铁件" not in log[-1].body.decode()
