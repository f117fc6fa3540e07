"""One scenario: cases live while something is hurt; then nothing may be lost, and the time it took is told."""

import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter

import pytest

from tests.support.nothing_lost import assert_nothing_is_lost
from tests.support.partners import Partners
from tests.support.whole import Whole

CASES = int(os.environ.get("BANJIE_FAULT_CASES", "2000"))
"""So many cases run in each scenario; fewer while one is being written."""
Hurt = Callable[[Partners], Awaitable[None]]


class Scenario:
    """Named by its test; `random` is seeded with the name, so that a run can be repeated."""

    def __init__(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.name = name
        self.random = random.Random(name)
        self.blow = 0.0
        self._capsys = capsys

    async def run(self, whole: Whole, hurt: Hurt, cases: int = CASES, limit_s: float = 300) -> Partners:
        """All `cases` under way at once, hurt in their midst, checked to the last one."""
        whole.wait_up()
        async with Partners(whole, self.random.randrange(1 << 30)) as partners:
            began = perf_counter()
            living = asyncio.create_task(partners.live(cases, at_once=cases, limit_s=limit_s))
            await hurt(partners)
            # After the last blow, so that there is something to wait for even if all was done before it.
            partners.report(f"after-{partners.sent.since}", over_http=False)
            await living
            await partners.live(0, limit_s=limit_s)
            self.tell(cases, perf_counter() - began, partners.sent.last_closed() - self.blow)
            await assert_nothing_is_lost(whole, partners.sent)
        return partners

    async def kill(self, whole: Whole, *names: str) -> None:
        """Kill -9 these parts, all at once."""
        self.blow = perf_counter()
        await asyncio.gather(*(asyncio.to_thread(whole.kill, name) for name in names))

    async def a_while(self, shortest: float = 0.3, longest: float = 2.0) -> None:
        """A random moment."""
        await asyncio.sleep(self.random.uniform(shortest, longest))

    def tell(self, cases: int, seconds: float, whole_s: float) -> None:
        """How long it took, and how long after the last blow everything was closed and published."""
        with self._capsys.disabled():
            line = f"{cases} cases in {seconds:.1f} s, whole {whole_s:.1f} s after the last blow"
            sys.stdout.write(f"\n{self.name}: {line}\n")
