"""How long to bear with a part that keeps dying. Pure: time is an argument, in seconds."""

from collections import deque
from dataclasses import dataclass, field

from libs.plumbing.embedded.parts import RESTART_ME


@dataclass(frozen=True)
class Patience:
    """Wait `first` s after a death, twice as long after each next, at most `longest`; forget once it lived `steady` s.

    Give up at `deaths` deaths within `window` s.
    """

    first: float = 1.0
    longest: float = 30.0
    steady: float = 60.0
    deaths: int = 10
    window: float = 300.0


@dataclass
class Deaths:
    """What is remembered of one part."""

    patience: Patience
    times: deque[float] = field(default_factory=deque)
    in_a_row: int = 0

    def after(self, now: float, lived: float, code: int | None) -> float | None:
        """Seconds to wait before the next start; `None`: give up. A wish to be restarted is no death,
        unless it comes within a second of the start: a part that only ever asks would spin."""
        if code == RESTART_ME and lived >= 1.0:
            return 0.0
        self._remember(now, lived)
        if len(self.times) >= self.patience.deaths:
            return None
        return float(min(self.patience.longest, self.patience.first * 2 ** (self.in_a_row - 1)))

    def _remember(self, now: float, lived: float) -> None:
        self.in_a_row = 1 if lived >= self.patience.steady else self.in_a_row + 1
        self.times.append(now)
        while self.times[0] <= now - self.patience.window:
            self.times.popleft()
