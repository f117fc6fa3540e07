"""What the relay tells about itself: metrics, and the line in `/readyz`."""

from dataclasses import dataclass

from libs.plumbing.telemetry import counter, gauge

SERVICE = "relay"
published = counter("relay_published", "Records acknowledged by the broker").labels(SERVICE)
heals = counter("relay_heals", "Times that something lost was made good", "what")
skipped = counter("relay_skipped", "Entries that could not be read").labels(SERVICE)
lag = gauge("relay_lag_seconds", "Age of the newest published entry when it was published").labels(SERVICE)
epoch = gauge("relay_epoch", "Epoch of the lease, 0 on standby").labels(SERVICE)


@dataclass(slots=True)
class State:
    """Changes as the relay goes. `waiting`: what it cannot do its work without, while that is away."""

    epoch: int | None = None
    lag_s: float = 0.0
    waiting: str | None = None
    refilling: bool = False

    def became(self, now_active: int | None) -> None:
        """Active with this epoch, or standby."""
        self.epoch, self.refilling = now_active, False
        self.waiting = "to begin" if now_active else None
        epoch.set(now_active or 0)

    def behind(self, seconds: float) -> None:
        """How old the newest published entry was; 0 when nothing waits."""
        self.lag_s = max(0.0, seconds)
        lag.set(self.lag_s)

    async def ready(self) -> str:
        """The check for `/readyz`: a standby is ready too; raises while it waits for something."""
        role = "standby" if self.epoch is None else f"active, epoch {self.epoch}"
        if self.waiting:
            raise RuntimeError(f"{role}, waiting: {self.waiting}")
        if self.epoch is None:
            return role
        doing = ", filling topics again" if self.refilling else ""
        return f"{role}, lag {self.lag_s:.3f} s{doing}"
