"""Commands that arrive together are run together, and nobody fails for a neighbour."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from libs.stages.commands import Command
from libs.stages.gathered import Gathered
from libs.stages.outcome import Outcome


class Desk:
    """Answers each command with itself; `bad` ones break the whole call."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        names = cast(list[str], list(commands))
        self.batches.append(names)
        if "bad" in names:
            raise ValueError("bad")
        return cast(list[Outcome], names)


def run(gathered: Gathered, *names: str) -> Any:
    return gathered.run(cast(list[Command], list(names)))


async def test_what_arrives_together_is_one_batch_and_everybody_gets_their_own() -> None:
    desk = Desk()
    gathered = Gathered(desk)
    answers = await asyncio.gather(*(run(gathered, name) for name in "abc"))
    assert answers == [["a"], ["b"], ["c"]]
    assert desk.batches == [["a", "b", "c"]]


async def test_a_full_batch_does_not_wait() -> None:
    desk = Desk()
    gathered = Gathered(desk, window_s=60, most=2)
    assert await asyncio.gather(run(gathered, "a"), run(gathered, "b")) == [["a"], ["b"]]


async def test_an_error_stays_with_the_command_that_made_it() -> None:
    gathered = Gathered(Desk())
    good, bad = await asyncio.gather(run(gathered, "a"), run(gathered, "bad"), return_exceptions=True)
    assert good == ["a"]
    assert isinstance(bad, ValueError)


async def test_a_caller_that_gives_up_leaves_the_others_alone() -> None:
    gathered = Gathered(Desk())
    leaving, staying = (asyncio.create_task(run(gathered, name)) for name in "ab")
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == ["b"]
    with pytest.raises(asyncio.CancelledError):
        await leaving
