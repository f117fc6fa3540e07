"""Following the log by the times of its entries, on a real MongoDB."""

from typing import Any
from uuid import UUID

from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from libs.casestore.tail import Tail
from tests.support.stores import Bench

FIRST, SECOND = uuid7(), uuid7()


async def entries(database: AsyncDatabase[dict[str, Any]], *told: tuple[UUID, int, int]) -> None:
    await database["case_events"].drop()
    rows = [{"_id": uuid7(), "case_id": case_id, "seq": seq, "at": at} for case_id, seq, at in told]
    await database["case_events"].insert_many(rows)


async def test_each_case_is_told_once_with_its_newest_seq_and_the_place_is_kept(bench: Bench) -> None:
    tail = Tail(bench.database, "here")
    await entries(bench.database, (FIRST, 1, 10), (FIRST, 2, 20), (SECOND, 1, 30), (SECOND, 2, 99))
    stretch = await tail.after(await tail.place(), 50)
    await tail.reached(stretch.end)
    assert (stretch.seqs, stretch.end) == ({FIRST: 2, SECOND: 1}, 30)
    assert await tail.place() == 30
    assert (await tail.after(30, 50)).seqs == {}
    assert await Tail(bench.database, "elsewhere").place() == 0


async def test_a_moment_that_was_read_in_part_is_read_again(bench: Bench) -> None:
    tail = Tail(bench.database, "there")
    await entries(bench.database, (FIRST, 1, 10), (FIRST, 2, 20), (SECOND, 1, 20))
    stretch = await tail.after(0, 50, most=2)
    assert (stretch.seqs, stretch.end) == ({FIRST: 1}, 10)
    assert (await tail.after(10, 50, most=3)).seqs == {FIRST: 2, SECOND: 1}


async def test_it_is_told_whether_much_goes_on_now(bench: Bench) -> None:
    await entries(bench.database, *((FIRST, seq, 1_000_000 + seq * 1000) for seq in range(1, 301)))
    tail = Tail(bench.database, "rush")
    assert [await tail.more_than(number, 1_100_000) for number in (199, 200)] == [True, False]
