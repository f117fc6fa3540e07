"""More time, and a supervisor's orders, on real servers: asked for, given or refused, answered; also by a unit's own system."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libs.casework.calendar import parse_amount
from libs.casework.case import Case
from libs.casework.events.dispatch import AttentionOrdered, Extended
from libs.casework.samples import example
from libs.casework.topics import Door, door, outcomes
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.data import data_folder
from services.dispatch.app import DISPATCH, build
from tests.support.planted import Garden, post, statuses
from tests.support.street_office import StreetOffice, message, records

PMC: dict[str, Any] = {"id": "u-1", "unit": "pmc"}
WISH = {"clock": "case", "by": "2 紧急工作时", "reason": "materials"}
LEAD_ASKS = example("extension_asked").model_copy(
    update={"clock": "case", "by": parse_amount("2 紧急工作时")}
)


@pytest.fixture(autouse=True, scope="module")
def whatever_the_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Around the clock, so that no table of rest days is needed: these tests run by the clock on the wall."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(data_folder(), folder, dirs_exist_ok=True)
    policies: Path = folder / "policies.yaml"
    policies.write_text(
        policies.read_text("utf-8").replace("at_most: 10 work_day", "at_most: 9 urgent_day"), "utf-8"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BANJIE_DATA_FOLDER", str(folder))
        yield


async def at_work(garden: Garden, *more: Any) -> Case:
    """Supplies for an infant: all limits run around the clock."""
    return await garden.a_case_at(Stage.WORKING, "classified", *more, category="infant_supplies")


@pytest.mark.parametrize(
    ("command", "then"), [("extend", "extended.v1"), ("refuse-extension", "extension_refused.v1")]
)
async def test_what_was_asked_for_is_answered_once_and_refused_where_nothing_was_asked(
    office: StreetOffice, command: str, then: str
) -> None:
    supervisor, unit = office.token("supervisor", id="s-1"), office.token("unit_worker", **PMC)
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await at_work(garden)
        unasked = await post(client, case, command, supervisor, "0")
        asked = await post(client, case, "ask-extension", unit, "1", **WISH)
        elsewhere = await post(client, case, command, office.token("supervisor", office="shuibosi"), "2")
        by_the_unit = await post(client, case, command, unit, "3")
        done = await post(client, case, command, supervisor, "4")
        again = await post(client, case, command, supervisor, "4")
        last = await garden.last(case.id)
    assert statuses((unasked, asked, elsewhere, by_the_unit, done, again)) == [409, 200, 404, 403, 200, 200]
    assert again.json() == done.json() | {"already": True}
    assert last.name() == then
    if isinstance(last, Extended):
        assert (last.approver, last.clock, last.by.zh) == ("s-1", "case", "2 紧急工作时")


async def test_a_supervisor_does_not_approve_an_own_wish(office: StreetOffice) -> None:
    both = office.token("supervisor", "clerk", id="s-7")
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        case = await at_work(Garden(ports))
        asked = await post(client, case, "ask-extension", both, "1", **WISH)
        own = await post(client, case, "extend", both, "2")
        other = await post(client, case, "extend", office.token("supervisor", id="s-8"), "3")
    assert statuses((asked, own, other)) == [200, 403, 200]


async def test_what_is_not_allowed_is_told_with_what_is(office: StreetOffice) -> None:
    unit = office.token("unit_worker", **PMC)
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        case = await at_work(Garden(ports))
        clock = await post(client, case, "ask-extension", unit, "1", **(WISH | {"clock": "item:paint"}))
        much = await post(client, case, "ask-extension", unit, "2", **(WISH | {"by": "10 紧急工作日"}))
        weeks = await post(client, case, "ask-extension", unit, "3", **(WISH | {"by": "2 weeks"}))
    assert statuses((clock, much, weeks)) == [422, 403, 422]
    assert {"resolution", "case"} <= set(clock.json()["allowed"])
    assert "9 紧急工作日 9 urgent days" in much.json()["detail"]
    assert "'2 weeks' is no limit" in weeks.text


async def test_two_approvals_at_once_give_no_more_than_the_policy_allows(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await at_work(garden, LEAD_ASKS)
        answers = await asyncio.gather(
            *(
                post(client, case, "extend", office.token("supervisor", id=f"s-{number}"), f"k{number}")
                for number in range(5)
            )
        )
        log = await garden.log(case.id)
    assert sorted(statuses(answers)) == [200, 409, 409, 409, 409]
    # Those that came too late were decided again, on what there was then.
    refused = {each.json()["type"] for each in answers if each.status_code == 409}
    assert refused == {"urn:banjie:problem:not-this-stage"}
    assert log.count("extended.v1") == 1


async def test_a_warning_that_comes_between_is_no_conflict(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await at_work(garden, LEAD_ASKS)
        await garden.say(case.id, example("deadline_warned"))
        seen = office.token("supervisor") | {"If-Match": f'"{case.rev}"'}
        done = await post(client, case, "extend", seen, "1")
        stale = await post(client, case, "extend", seen, "2")
    assert statuses((done, stale)) == [200, 409]


async def test_nobody_decides_on_a_log_that_cannot_be_read(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await at_work(garden, LEAD_ASKS)
        await ports.database["case_events"].update_one(
            {"case_id": case.id, "seq": 2}, {"$set": {"body": b"{"}}
        )
        answer = await post(client, case, "extend", office.token("supervisor"), "1")
        now = await garden.now(case.id)
    assert (answer.status_code, now.seq) == (500, case.seq)
    assert answer.json()["type"] == "urn:banjie:problem:unknown-event"


async def test_an_order_is_answered_by_the_unit_and_by_nobody_else(office: StreetOffice) -> None:
    unit, stranger = office.token("unit_worker", **PMC), office.token("unit_worker", unit="enforce")
    async with office.ports(Service.DISPATCH) as ports, office.http(DISPATCH) as client:
        garden = Garden(ports)
        case = await at_work(garden)
        supervisor = office.token("supervisor")
        both = {"limit": "1 工作日", "due_at": "2030-01-01T00:00:00Z"}
        twice = await post(client, case, "attention", supervisor, "0", **both)
        ordered = await post(
            client, case, "attention", supervisor, "1", words="今日办结", limit="8 紧急工作时"
        )
        said = await garden.last(case.id)
        refused = await post(client, case, "answer-attention", stranger, "2", words="好了")
        done = await post(client, case, "answer-attention", unit, "3", words="好了")
        again = await post(client, case, "answer-attention", unit, "3", words="好了")
        late = await post(client, case, "answer-attention", unit, "4", words="好了")
        now = await garden.now(case.id)
    assert statuses((twice, ordered, refused, done, again, late)) == [422, 200, 403, 200, 200, 409]
    assert isinstance(said, AttentionOrdered)
    assert (said.limit and said.limit.zh, now.orders) == ("8 紧急工作时", ())
    assert again.json()["already"] is True
    assert (twice.json()["field"], now.rev) == ("due_at", case.rev)


async def test_a_units_own_system_asks_for_time_and_answers_orders(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        name = await office.publisher(ports, "pmc-system", unit="pmc")
        case = await at_work(garden, "attention_ordered")
        about = {"subject": str(case.id)}
        batch = [
            message(WISH, "banjie.work.ask_extension.v1", "asked", **about),
            message(WISH | {"clock": "moon"}, "banjie.work.ask_extension.v1", "no-clock", **about),
            message({}, "banjie.work.extend.v1", "not-for-systems", **about),
            message({"words": "已办结"}, "banjie.work.answer_attention.v1", "answered", **about),
            message({"words": "已办结"}, "banjie.work.answer_attention.v1", "nothing-open", **about),
            message(WISH, "banjie.work.ask_extension.v1", "asked", **about),
        ]
        await (await build(ports)).routes[1].handler(records(door(Door.WORK, name), batch))
        now = await garden.now(case.id)
    told = [(each["type"][15:], each["data"].get("code")) for each in await office.heard(outcomes(name))]
    assert told == [
        ("accepted.v1", None),
        ("refused.v1", "invalid"),
        ("refused.v1", "invalid"),
        ("accepted.v1", None),
        ("refused.v1", "not-this-stage"),
        ("duplicate.v1", None),
    ]
    assert now.asked is not None
    assert (now.asked.clock, now.asked.by, now.orders) == ("case", f"publisher:{name}", ())
