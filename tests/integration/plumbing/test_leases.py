"""Leases on a real database: one holder, rising epochs."""

import asyncio

from libs.plumbing.leases import Leases, while_held
from tests.integration.plumbing.workplace import Workplace


async def test_one_of_many_gets_the_lease_and_the_epoch_rises_with_each_holder(workplace: Workplace) -> None:
    leases = Leases(workplace.database)
    epochs = await asyncio.gather(*(leases.acquire("relay", f"copy-{number}", 30) for number in range(8)))
    assert sorted(epoch for epoch in epochs if epoch is not None) == [1]
    assert await leases.release("relay", 1)
    assert await leases.acquire("relay", "other", 30) == 2


async def test_a_lease_that_ran_out_is_free_and_its_old_holder_cannot_renew(workplace: Workplace) -> None:
    leases = Leases(workplace.database)
    assert await leases.acquire("relay", "a", 0.2) == 1
    assert await leases.acquire("relay", "b", 5) is None
    await asyncio.sleep(0.25)
    assert await leases.acquire("relay", "b", 5) == 2
    assert not await leases.renew("relay", 1, 5)
    assert not await leases.release("relay", 1)
    assert await leases.renew("relay", 2, 5)


async def test_a_restarted_holder_gets_a_new_epoch_that_fences_its_former_self(workplace: Workplace) -> None:
    leases = Leases(workplace.database)
    assert await leases.acquire("sweep", "a", 30) == 1
    assert await leases.acquire("sweep", "a", 30) == 2
    assert not await leases.renew("sweep", 1, 30)


async def test_work_runs_while_the_lease_is_held_and_is_cancelled_when_it_is_lost(
    workplace: Workplace,
) -> None:
    leases, epochs, over = Leases(workplace.database), [], asyncio.Event()

    async def work(epoch: int) -> None:
        epochs.append(epoch)
        try:
            await asyncio.sleep(60)
        finally:
            over.set()

    holding = asyncio.create_task(while_held(leases, "relay", "a", work, ttl_s=1.0))
    await asyncio.sleep(1.5)
    assert epochs == [1]
    await workplace.database["leases"].update_one({"_id": "relay"}, {"$set": {"epoch": 9, "holder": "thief"}})
    await asyncio.wait_for(over.wait(), 2)
    holding.cancel()
    await asyncio.gather(holding, return_exceptions=True)
