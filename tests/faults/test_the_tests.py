"""Tests of the tests: with deduplication, epoch or seq switched off, what is checked elsewhere turns red."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from libs.casestore.append import Append
from libs.casework.case import Case
from libs.casework.draft import Whatever
from libs.casework.lifecycle import row_of
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.embedded.stack import Endpoints
from libs.plumbing.kafka import Publisher
from libs.stages.reactor import Reactor
from services.closure.handlers import Closure
from tests.faults.relays import stopped_past_its_lease, two_relays
from tests.support.cases import THE_WAY_TO
from tests.support.faulty_service import anyhow
from tests.support.nothing_lost import assert_nothing_is_lost, done_twice, heard, wrongs
from tests.support.partners import REPORTS, Partners
from tests.support.roster import Nobody
from tests.support.stores import Bench, a_bench
from tests.support.whole import Parts, Whole, a_whole_installation, faulty, second

pytestmark = [pytest.mark.faults, pytest.mark.timeout(500)]


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Intake knows no message again, and neither relay ever gives way."""

    def change(whole: Whole, parts: Parts) -> Parts:
        relay = faulty(parts["relay"], "ignore-epoch")
        return (
            parts | {"relay": relay, "intake": faulty(parts["intake"], "ignore-keys")} | second(whole, relay)
        )

    with a_whole_installation(tmp_path_factory.mktemp("careless") / "data", change) as one:
        yield one


async def test_without_deduplication_a_record_twice_is_found_out(careless: Whole) -> None:
    async with Partners(careless) as partners:
        await partners.live(40)
        await assert_nothing_is_lost(careless, partners.sent)
        publisher = Publisher(careless.settings())
        for cloud in (await heard(careless, REPORTS))[:5]:
            await publisher.send(REPORTS, cloud["id"].encode(), json.dumps(cloud).encode())
        await publisher.stop()
        await careless.quiet()
        await partners.settled()
        found = await wrongs(careless, partners.sent)
    assert sum("told several cases" in wrong for wrong in found) == 5, found


async def test_without_the_epoch_two_relays_are_found_out(careless: Whole) -> None:
    # One late renewal is enough: they may have come to this by themselves.
    if not await two_relays(careless, 3):
        await stopped_past_its_lease(careless)
    assert await two_relays(careless) != []


@pytest.mark.parametrize(("ignored", "planned"), [(False, []), (True, ["2 times check_planned.v1"])])
async def test_without_the_seq_a_decision_on_an_old_case_is_found_out(
    servers: Endpoints, ignored: bool, planned: list[str]
) -> None:
    async with a_bench(servers) as bench:
        old = await _resolved(bench)
        await bench.say(Service.DISPATCH, Whatever(), old.id, example("noted"))
        fresh = (await bench.store.load([old.id]))[old.id]
        store: Any = _Anyhow(bench.store) if ignored else bench.store
        reactor = Reactor(Service.CLOSURE, store, Closure(Nobody()).decide_all, rejections=None)  # type: ignore[arg-type]
        for case in (old, fresh):
            await reactor.act_on([case])
        log = [{"type": sealed.entry.type} for sealed in await bench.store.log(old.id)]
    assert done_twice({old.id: log}) == [f"case {old.id}: {wrong}" for wrong in planned]


class _Anyhow:
    """A store that does not look at the seq."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def append_many(self, appends: Sequence[Append]) -> Any:
        return await self._store.append_many([anyhow(append) for append in appends])


async def _resolved(bench: Bench) -> Case:
    case_id = await bench.reported()
    for step in THE_WAY_TO[Stage.RESOLVED].split()[1:]:
        row = row_of(f"{step}.v1")
        assert row
        await bench.say(min(row.said_by), Whatever(), case_id, example(step))
    return (await bench.store.load([case_id]))[case_id]
