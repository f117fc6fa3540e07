"""Dispatch on real servers: what it decides by itself."""

import pytest

from libs.casework.events.closure import CheckFailed
from libs.casework.events.dispatch import Dispatched, ReworkOrdered, UnitUndecided
from libs.casework.samples import example
from libs.casework.topics import voice
from libs.casework.vocabulary import Role, Service, Stage
from libs.casework.wire import outward_bytes
from libs.plumbing.records import Record
from services.dispatch.app import build
from tests.support.planted import Garden
from tests.support.street_office import StreetOffice


async def test_a_filed_case_is_dispatched_by_category_and_place(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.FILED)
        await (await build(ports)).reactor.look_at([case.id])
        order, now = await garden.last(case.id), await garden.now(case.id)
    assert isinstance(order, Dispatched)
    assert (order.lead, order.because) == ("pmc", ("inside_compound",))
    assert order.data_version.startswith("categories 20")
    assert (now.stage, now.awaits.person) == (Stage.DISPATCHED, Role.UNIT_WORKER)


async def test_the_news_twice_or_late_changes_nothing(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.FILED)
        value = outward_bytes((await ports.store.log(case.id))[-1].entry)
        listening = (await build(ports)).routes[0]
        news = [Record(voice(Service.TRIAGE), 0, n, None, value) for n in range(3)]
        await listening.handler(news)
        once = await garden.now(case.id)
        await listening.handler(news)
        assert await garden.now(case.id) == once
    assert once.stage is Stage.DISPATCHED


async def test_what_no_rule_names_waits_for_a_clerk(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.FILED)
        await garden.say(case.id, example("classified").model_copy(update={"category": "unknown"}))
        room = await build(ports)
        assert await room.reactor.look_at([case.id]) == 1
        assert await room.reactor.look_at([case.id]) == 0
        said, now = await garden.last(case.id), await garden.now(case.id)
    assert isinstance(said, UnitUndecided)
    assert (now.stage, now.awaits.person) == (Stage.FILED, Role.CLERK)


async def test_a_failed_check_orders_rework_of_what_the_checker_named(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.WORKING, "planned", "item_done", "resolved", "check_planned")
        await garden.say(case.id, CheckFailed(reason="half_done", items=("dismantle",)))
        await (await build(ports)).reactor.look_at([case.id])
        said, now = await garden.last(case.id), await garden.now(case.id)
    assert said == ReworkOrdered(items=("dismantle",))
    assert [state.done_at for state in now.items] == [None, None, None]
    assert (now.stage, now.awaits.person, now.rework) == (Stage.ACCEPTED, Role.UNIT_WORKER, 1)


@pytest.mark.parametrize("stage", [Stage.DISPATCHED, Stage.CLOSED, Stage.REPORTED])
async def test_a_case_that_awaits_somebody_else_is_left_alone(office: StreetOffice, stage: Stage) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        case = await garden.a_case_at(stage)
        assert await (await build(ports)).reactor.look_at([case.id]) == 0
        assert await garden.now(case.id) == case
