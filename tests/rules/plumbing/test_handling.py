"""From a batch to its outcome, without servers."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka.errors import KafkaConnectionError
from pymongo.errors import AutoReconnect

from libs.plumbing.attempts import Past
from libs.plumbing.handling import Handling, Limits, OnParked
from libs.plumbing.records import Handler, Record
from tests.support.worker_doubles import CountedAttempts, EndedError, KeptRejections, end


def record(offset: int, value: bytes = b"ok") -> Record:
    return Record("banjie.intake", 0, offset, b"c", value)


class Desk:
    """A handler that notes its batches and does what the values say."""

    def __init__(self, **failures: Exception) -> None:
        self.batches: list[list[int]] = []
        self.failures = failures

    async def __call__(self, batch: Sequence[Record]) -> None:
        self.batches.append([one.offset for one in batch])
        for one in batch:
            if one.value == b"hang":
                await asyncio.sleep(60)
            failure = self.failures.pop(one.value.decode(), None)
            if failure:
                raise failure


def handling(
    desk: Handler,
    attempts: CountedAttempts | None = None,
    rejections: KeptRejections | None = None,
    careful: int = 0,
    on_parked: OnParked | None = None,
) -> Handling:
    return Handling(
        "triage",
        desk,
        attempts or CountedAttempts(),
        rejections or KeptRejections(),
        limits=Limits(handler_s=0.05, deaths_to_park=3),
        careful=careful,
        on_parked=on_parked,
        end=end,
    )


async def test_a_batch_goes_to_the_handler_in_one_call_and_counts_no_attempts() -> None:
    desk, attempts = Desk(), CountedAttempts()
    work = handling(desk, attempts)
    await work.handle([record(0), record(1)])
    assert (desk.batches, attempts.begun, work.ended) == ([[0, 1]], [], 2)


async def test_after_an_unclean_end_attempts_at_the_first_records_are_counted() -> None:
    desk, attempts = Desk(), CountedAttempts()
    work = handling(desk, attempts, careful=3)
    await work.handle([record(0), record(1)])
    await work.handle([record(2), record(3), record(4)])
    assert desk.batches == [[0, 1], [2], [3, 4]]
    assert len(attempts.begun) == 3
    assert not attempts.open


async def test_what_was_in_hand_at_a_death_goes_alone_and_the_order_stays() -> None:
    desk = Desk()
    attempts = CountedAttempts({f"banjie.intake:0:{suspect}": Past(1, False) for suspect in (2, 3)})
    await handling(desk, attempts, careful=9).handle([record(offset) for offset in range(6)])
    assert desk.batches == [[0, 1], [2], [3], [4, 5]]
    assert not attempts.open


async def test_an_unexpected_error_ends_the_process_and_leaves_the_attempt_standing() -> None:
    attempts = CountedAttempts()
    with pytest.raises(EndedError, match="70"):
        await handling(Desk(bad=KeyError()), attempts, careful=1).handle([record(7, b"bad")])
    assert attempts.open == {"banjie.intake:0:7"}


@pytest.mark.parametrize("away", [AutoReconnect(), KafkaConnectionError()])
async def test_what_is_away_is_waited_for_and_the_batch_tried_again(away: Exception) -> None:
    desk = Desk(ok=away)
    work = handling(desk)
    await work.handle([record(0)])
    assert desk.batches == [[0], [0]]
    assert not work.waiting


async def test_a_batch_is_not_over_before_its_rejections_are_settled() -> None:
    desk = Desk()
    await handling(desk, rejections=KeptRejections([KafkaConnectionError()])).handle([record(0)])
    assert desk.batches == [[0], [0]]


async def test_two_deaths_under_count_and_one_before_make_three_and_park() -> None:
    seen: list[tuple[int, str]] = []

    async def on_parked(one: Record, reason: str) -> None:
        seen.append((one.offset, reason))

    desk, rejections = Desk(), KeptRejections()
    attempts = CountedAttempts({"banjie.intake:0:0": Past(2, False), "banjie.intake:0:1": Past(1, False)})
    await handling(desk, attempts, rejections, careful=9, on_parked=on_parked).handle([record(0), record(1)])
    reason = "the process died each time it was handled"
    assert rejections.parked == [("banjie.intake:0:0", reason, 3)]
    assert seen == [(0, reason)]
    assert desk.batches == [[1]]
    assert not attempts.open


async def test_a_record_that_blocked_the_process_once_is_parked_at_once() -> None:
    desk, rejections = Desk(), KeptRejections()
    attempts = CountedAttempts({"banjie.intake:0:0": Past(1, True)})
    await handling(desk, attempts, rejections, careful=1).handle([record(0)])
    assert rejections.parked == [("banjie.intake:0:0", "its handling blocked the process", 2)]
    assert desk.batches == []


async def test_of_a_batch_that_hangs_only_the_one_that_hangs_alone_is_parked() -> None:
    desk, rejections = Desk(), KeptRejections()
    work = handling(desk, rejections=rejections)
    await work.handle([record(0), record(1, b"hang"), record(2)])
    assert desk.batches == [[0, 1, 2], [0], [1], [2]]
    assert [place for place, _, _ in rejections.parked] == ["banjie.intake:0:1"]
    assert work.ended == 3


async def test_nobody_is_blamed_for_a_database_that_does_not_answer() -> None:
    attempts, rejections, slow = CountedAttempts(), KeptRejections(), [True]
    attempts.answers = False

    async def desk(_: Sequence[Record]) -> None:
        if slow and slow.pop():
            await asyncio.sleep(60)

    await handling(desk, attempts, rejections).handle([record(0)])
    assert rejections.parked == []


async def test_a_failing_callback_after_parking_kills_nobody() -> None:
    async def on_parked(_: Record, __: str) -> None:
        raise KeyError

    attempts = CountedAttempts({"banjie.intake:0:0": Past(2, False)})
    await handling(Desk(), attempts, careful=1, on_parked=on_parked).handle([record(0)])
    assert not attempts.open


async def test_counting_an_attempt_waits_for_the_database_too() -> None:
    attempts = CountedAttempts(failures=[AutoReconnect()])
    await handling(Desk(), attempts, careful=1).handle([record(0)])
    assert attempts.begun == ["banjie.intake:0:0"]
