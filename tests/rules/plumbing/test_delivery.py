"""A record is delivered at once where there is room, and waits as Faust lets it wait where there is none."""

import asyncio
from typing import NoReturn

import pytest
from mode import Service

from libs.plumbing.delivery import Begun, PromptConsumer


class Waiting(PromptConsumer):
    """A consumer as far as it waits: without the thread and the loop that fetch records."""

    def __init__(self) -> None:
        Service.__init__(self)


@pytest.fixture
async def consumer() -> PromptConsumer:
    return Waiting()


async def test_what_does_not_wait_is_delivered_without_a_task(consumer: PromptConsumer) -> None:
    delivered: list[set[asyncio.Task[object]]] = []

    async def deliver() -> None:
        delivered.append(asyncio.all_tasks())

    before = asyncio.all_tasks()
    await consumer.wait_first(deliver(), asyncio.Event().wait())

    assert delivered == [before]


async def test_what_waits_for_room_is_delivered_when_there_is_room(consumer: PromptConsumer) -> None:
    room, delivered = asyncio.Event(), []

    async def deliver() -> None:
        await room.wait()
        await asyncio.sleep(0)
        delivered.append("record")

    asyncio.get_running_loop().call_later(0.01, room.set)
    result = await consumer.wait_first(deliver(), asyncio.Event().wait())

    assert (delivered, result.stopped) == (["record"], False)


async def test_a_suspended_flow_ends_the_waiting_and_what_was_held_is_released(
    consumer: PromptConsumer,
) -> None:
    held, suspended = asyncio.Lock(), asyncio.Event()

    async def deliver() -> None:
        async with held:
            await asyncio.Event().wait()

    asyncio.get_running_loop().call_later(0.01, suspended.set)
    await consumer.wait_first(deliver(), suspended.wait())
    await asyncio.sleep(0)

    assert not held.locked()


async def test_an_event_is_waited_for_as_faust_waits_for_it(consumer: PromptConsumer) -> None:
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, event.set)
    assert not (await consumer.wait_first(event)).stopped
    assert (await consumer.wait(asyncio.Event(), timeout=0.01)).stopped


async def test_an_error_of_the_delivery_is_raised(consumer: PromptConsumer) -> None:
    async def at_once() -> NoReturn:
        raise ValueError("unreadable")

    async def later() -> NoReturn:
        await asyncio.sleep(0)
        raise ValueError("unreadable")

    for deliver in (at_once, later):
        with pytest.raises(ValueError, match="unreadable"):
            await consumer.wait_first(deliver(), asyncio.Event().wait())


@pytest.mark.parametrize("goes_on", [True, False])
async def test_what_was_begun_answers_for_itself_when_it_is_cancelled(goes_on: bool) -> None:
    async def stubborn() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if goes_on:
                await asyncio.sleep(0)
        return "tidied up"

    coroutine = stubborn()
    task = asyncio.ensure_future(Begun(coroutine, coroutine.send(None)))
    await asyncio.sleep(0)
    task.cancel()

    assert await task == "tidied up"
