"""Appeals of units on real servers: over HTTP, at the unit's own door, decided by somebody else of the office."""

import pytest

from libs.casework.topics import Door, door, outcomes
from libs.casework.vocabulary import Service, Stage
from services.dispatch.app import DISPATCH, build
from tests.support.planted import Garden, post, statuses
from tests.support.street_office import StreetOffice, message, records

MARKS = [
    ("return", Stage.DISPATCHED, ("returned", "dispatched")),
    ("rework", Stage.RESOLVED, ("check_planned", "check_failed")),
    ("overdue", Stage.WORKING, ("deadline_breached",)),
]


@pytest.mark.parametrize(("mark", "stage", "more"), MARKS)
async def test_a_mark_is_appealed_against_and_decided_each_once(
    office: StreetOffice, mark: str, stage: Stage, more: tuple[str, ...]
) -> None:
    unit, judge = office.token("unit_worker", unit="pmc"), office.token("supervisor", id="s-9")
    wish = {"mark": mark, "reason": "done_in_time", "words": "当时已完成，李师傅可作证"}
    verdict = {"upheld": True, "reason": "proved"}
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(stage, *more)
        early = await post(client, case, "decide-appeal", judge, "e", **verdict)
        done = await post(client, case, "appeal", unit, "a", **wish)
        again = await post(client, case, "appeal", unit, "a", **wish)
        twice = await post(client, case, "appeal", unit, "b", **wish)
        stranger = await post(
            client, case, "appeal", office.token("unit_worker", unit="enforce"), "c", **wish
        )
        far = await post(
            client, case, "appeal", office.token("unit_worker", unit="pmc", office="shuibosi"), "d", **wish
        )
        own = await post(
            client, case, "decide-appeal", office.token("supervisor", id="planter"), "f", **verdict
        )
        decided = await post(client, case, "decide-appeal", judge, "g", **verdict)
        repeated = await post(client, case, "decide-appeal", judge, "g", **verdict)
        late = await post(client, case, "decide-appeal", judge, "h", **verdict)
        now, log = await garden.now(case.id), await ports.store.log(case.id)
    assert statuses((early, done, again, twice, stranger, far)) == [409, 200, 200, 403, 403, 404]
    assert statuses((own, decided, repeated, late)) == [403, 200, 200, 409]
    assert [each.json()["already"] for each in (done, again, decided, repeated)] == [False, True] * 2
    assert [each.json()["attempted"] for each in (early, own, late)] == ["decide_appeal"] * 3
    assert all(each.json()["stage"] == now.stage for each in (early, twice, stranger, own, late))
    (appeal,) = now.appeals
    assert (appeal.mark, appeal.unit, appeal.upheld, appeal.appeal) == (mark, "pmc", True, done.json()["seq"])
    assert now.rev == case.rev
    assert "李师傅" not in b"".join(each.body for each in log).decode()


async def test_a_units_own_system_appeals_at_its_door_and_no_system_decides(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        name = await office.publisher(ports, "pmc-system", unit="pmc")
        case = await garden.a_case_at(Stage.WORKING, "deadline_breached")
        about = {"subject": str(case.id)}
        wish = {"mark": "overdue", "reason": "waited_for_others"}
        batch = [
            message(wish, "banjie.work.appeal.v1", "m1", **about),
            message(wish, "banjie.work.appeal.v1", "m1", **about),
            message({"upheld": True, "reason": "proved"}, "banjie.work.decide_appeal.v1", "m2", **about),
            message({"mark": "rework", "reason": "done_well"}, "banjie.work.appeal.v1", "m3", **about),
            message({"mark": "rain", "reason": "done_well"}, "banjie.work.appeal.v1", "m4", **about),
        ]
        await (await build(ports)).routes[1].handler(records(door(Door.WORK, name), batch))
        now = await garden.now(case.id)
        heard = await office.heard(outcomes(name))
    told = [each["type"].split(".")[2] for each in heard]
    assert told == ["accepted", "duplicate", "refused", "refused", "refused"]
    assert [each["data"]["code"] for each in heard[2:]] == ["invalid", "not-this-stage", "invalid"]
    assert [each.upheld for each in now.appeals] == [None]
