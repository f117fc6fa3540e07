"""Services killed with -9 in the middle of the stories: they are told to their end all the same."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from cli.demo.evening import tell_all
from cli.demo.script import Script
from cli.demo.teller import Told
from tests.stories.conftest import Evening
from tests.support.installation import Installation

SERVICES = ("gateway", "intake", "triage", "dispatch", "closure", "sla", "relay")
PATIENCE_S = 90.0
pytestmark = pytest.mark.timeout(450)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_service_killed_in_the_middle_keeps_no_story_from_its_end(
    evening: Evening, script: Script, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    began, dice = time.monotonic(), random.Random(seed)
    async with somebody_kills(evening.installation, dice) as killed:
        endings = await tell_all(evening.installation.home, script, Told(), PATIENCE_S)
    assert [ending.stuck for ending in endings] == [None] * 4
    assert killed
    with capsys.disabled():
        sys.stdout.write(f"\nkilled {', '.join(killed)}: told in {time.monotonic() - began:.1f} s\n")


def test_after_all_stories_every_chain_verifies(evening: Evening) -> None:
    told = evening.installation.told("verify", within=120)
    assert told["ok"]
    assert told["cases"] >= 4 * 7


@asynccontextmanager
async def somebody_kills(one: Installation, dice: random.Random) -> AsyncIterator[list[str]]:
    """Two services, at random moments while the stories are told."""
    killed: list[str] = []
    killing = asyncio.create_task(_kill(one, dice, killed))
    try:
        yield killed
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)


async def _kill(one: Installation, dice: random.Random, killed: list[str]) -> None:
    for name in dice.sample(SERVICES, 2):
        await asyncio.sleep(dice.uniform(0.3, 1.5))
        os.kill(one.pid_of(name), signal.SIGKILL)
        killed.append(name)
