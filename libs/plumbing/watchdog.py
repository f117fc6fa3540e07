"""A thread that notices when the event loop is stuck, which the loop itself cannot."""

import asyncio
import threading
from collections.abc import Callable

TICK_S = 1.0


class Watchdog:
    """Calls `on_stuck` once when the loop has not run for `limit_s`.

    It counts its own ticks instead of reading a clock: a machine that slept, or a stopped process, is not stuck.
    """

    def __init__(self, limit_s: float, on_stuck: Callable[[], None], tick_s: float = TICK_S) -> None:
        self._limit_s, self._on_stuck, self._tick_s = limit_s, on_stuck, tick_s
        self._beats = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Start watching the running loop."""
        self._beat(asyncio.get_running_loop())
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._over.set()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beats += 1
        if not self._over.is_set():
            loop.call_later(self._tick_s / 2, self._beat, loop)

    def _watch(self) -> None:
        seen, missed = -1, 0
        while not self._over.wait(self._tick_s):
            missed = missed + 1 if seen == self._beats else 0
            seen = self._beats
            if missed * self._tick_s >= self._limit_s:
                self._on_stuck()
                return
