"""The worker on real servers: poison, hangs, a database that goes away."""

import pytest

from tests.integration.plumbing.workplace import Workplace, ended, stopped, until
from tests.support.cut_wire import CutWire

pytestmark = pytest.mark.faults


async def test_a_record_that_kills_is_parked_after_three_deaths_and_the_others_go_on(
    workplace: Workplace,
) -> None:
    await workplace.send("ok", "ok", "raise", "ok", "ok")
    assert [await ended(await workplace.work()) for _ in range(3)] == [70, 70, 70]
    child = await workplace.work()
    await until(lambda: _handled(workplace, 4))
    (parked,) = await workplace.parked()
    assert parked["reason"] == "the process died each time it was handled"
    (rejection,) = await workplace.rejected()
    assert (rejection["code"], rejection["attempts"]) == ("parked", 3)
    assert await stopped(child) == 0
    assert await workplace.database["attempts"].count_documents({}) == 0
    assert "words of a person" not in workplace.log.read_text()


async def test_a_record_whose_handling_hangs_is_parked_without_a_death(workplace: Workplace) -> None:
    child = await workplace.work(handler_limit_s=1)
    await workplace.send("ok", "hang", "ok")
    await until(lambda: _handled(workplace, 2))
    (parked,) = await workplace.parked()
    assert parked["reason"] == "its handling took over 1 s"
    assert await stopped(child) == 0


async def test_a_record_that_blocks_the_process_is_parked_after_it_did_so_alone(workplace: Workplace) -> None:
    await workplace.send("ok", "block", "ok")
    assert [await ended(await workplace.work(handler_limit_s=2)) for _ in range(3)] == [70, 70, 70]
    child = await workplace.work(handler_limit_s=2)
    await until(lambda: _handled(workplace, 2))
    (parked,) = await workplace.parked()
    assert parked["reason"] == "its handling blocked the process"
    assert await stopped(child) == 0


async def test_a_database_that_is_cut_off_is_waited_for(workplace: Workplace) -> None:
    wire, address = await _wire(workplace)
    child = await workplace.work(mongo_uri=address)
    await workplace.send("ok")
    await until(lambda: _handled(workplace, 1))
    wire.cut()
    await workplace.send("ok", "ok")
    await until(lambda: _logged(workplace, "waiting_for_dependency"))
    wire.mend()
    await until(lambda: _handled(workplace, 3))
    assert await stopped(child) == 0
    await wire.stop()


async def test_a_database_that_is_silent_gets_no_record_parked(workplace: Workplace) -> None:
    wire, address = await _wire(workplace)
    child = await workplace.work(mongo_uri=address, handler_limit_s=1)
    await workplace.send("ok")
    await until(lambda: _handled(workplace, 1))
    wire.freeze()
    await workplace.send("ok", "ok")
    await until(lambda: _logged(workplace, "database_silent"))
    wire.mend()
    await until(lambda: _handled(workplace, 3))
    assert await workplace.parked() == []
    assert await stopped(child) == 0
    await wire.stop()


async def _wire(workplace: Workplace) -> tuple[CutWire, str]:
    port = int(workplace.settings.mongo_uri.rpartition(":")[2].partition("/")[0])
    wire = CutWire(port)
    return wire, f"mongodb://127.0.0.1:{await wire.start()}/?directConnection=true"


async def _handled(workplace: Workplace, count: int) -> bool:
    return len(await workplace.handled()) == count


async def _logged(workplace: Workplace, event: str) -> bool:
    return f'"event": "{event}"' in workplace.log.read_text()
