"""How long to wait before the next try."""

import random


class Backoff:
    """Waits that double from `first` to `most` seconds, each shortened by up to half at random."""

    def __init__(self, first: float = 0.1, most: float = 5.0) -> None:
        self._first, self._most = first, most
        self._next = first

    def wait(self) -> float:
        """Seconds to wait now; the next wait is longer. Jitter keeps restarted services from trying in step."""
        now, self._next = self._next, min(self._next * 2, self._most)
        return now * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Start again from the first wait."""
        self._next = self._first
