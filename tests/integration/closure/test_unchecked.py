"""Cases that nobody checks, on real servers: closed by the rule of their category, once, and nothing else."""

from libs.casework.events import Event
from libs.casework.events.closure import Closed
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.clock import now_us
from libs.plumbing.leases import Leases
from libs.stages.ports import Ports
from services.closure.app import policy, unchecked
from services.closure.rules import DAY
from services.closure.unchecked import Unchecked
from tests.support.planted import Garden
from tests.support.street_office import StreetOffice

DONE = ("resolved", "check_planned")


def of(category: str, **more: object) -> Event:
    """Classified anew."""
    return example("classified").model_copy(update={"category": category, **more})


def days_later(ports: Ports, days: int) -> Unchecked:
    """The one that closes by itself, so many days from now."""
    clock = lambda: now_us() + days * DAY  # noqa: E731
    return Unchecked(ports.store, Leases(ports.database), policy().terms, ["yingbin", "shuibosi"], clock)


async def test_light_litter_is_closed_once_it_is_old_enough_and_the_event_names_the_rule(
    office: StreetOffice,
) -> None:
    async with office.ports(Service.CLOSURE) as ports:
        garden = Garden(ports)
        old = await garden.a_case_at(Stage.WORKING, of("exposed_garbage"), *DONE)
        filed = await garden.a_case_at(Stage.WORKING, of("exposed_garbage"))
        private = await garden.a_case_at(Stage.WORKING, of("exposed_garbage", public=False), *DONE)
        listed = await garden.a_case_at(Stage.WORKING, *DONE)
        waiting = await garden.a_case_at(Stage.WORKING, of("exposed_garbage"), *DONE, "attention_ordered")
        assert await unchecked(ports).once() == 0
        assert await days_later(ports, 6).once() == 0
        assert await days_later(ports, 8).once() == 1
        assert await days_later(ports, 8).once() == 0
        said, now = await garden.last(old.id), await garden.now(old.id)
        others = [await garden.now(each.id) for each in (filed, private, listed, waiting)]
        actor = (await ports.store.log(old.id))[-1].entry.actor
    assert isinstance(said, Closed)
    assert (said.rule, said.data_version) == ("light_litter", "2026-11-25")
    assert (now.stage, actor.id) == (Stage.CLOSED, "service:closure")
    assert others == [filed, private, listed, waiting]


async def test_two_that_look_at_once_close_each_case_once(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports:
        garden = Garden(ports)
        cases = [await garden.a_case_at(Stage.WORKING, of("road_dirty"), *DONE) for _ in range(3)]
        first, second = days_later(ports, 8), days_later(ports, 8)
        first.start()
        await second.once()
        await first.stop()
        logs = [await garden.log(case.id) for case in cases]
    assert all(log.count("closed.v1") == 1 for log in logs)
    assert "rules close" in first.ready()
