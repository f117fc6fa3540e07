"""The thread that notices a stuck loop."""

import asyncio
import threading
import time

from libs.plumbing.watchdog import Watchdog


async def test_a_loop_that_runs_is_left_alone() -> None:
    stuck = threading.Event()
    watchdog = Watchdog(0.1, stuck.set, tick_s=0.02)
    watchdog.start()
    await asyncio.sleep(0.3)
    watchdog.stop()
    assert not stuck.is_set()


async def test_a_loop_that_is_blocked_is_noticed_from_outside() -> None:
    stuck = threading.Event()
    watchdog = Watchdog(0.1, stuck.set, tick_s=0.02)
    watchdog.start()
    time.sleep(0.4)  # noqa: ASYNC251
    watchdog.stop()
    assert stuck.is_set()
