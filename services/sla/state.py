"""What the monitor tells about itself: metrics, and its line in `/readyz`."""

from dataclasses import dataclass

from libs.plumbing.telemetry import counter, gauge, histogram
from services.sla.rules import Saying

SERVICE = "sla"
LATENESS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0, 86400.0)
lateness = histogram(
    "sla_lateness_seconds",
    "From the instant of a warning or breach to its being in the log",
    buckets=LATENESS_S,
).labels(SERVICE)
said = counter("sla_said", "Warnings, breaches, escalations", "event")
healed = counter("sla_rows_healed", "Rows that the news had missed and the sweep made").labels(SERVICE)
rows = gauge("sla_rows", "Open cases that are watched").labels(SERVICE)
next_due = gauge("sla_next_due_seconds", "Until the next instant; negative when it has passed").labels(
    SERVICE
)
epoch = gauge("sla_epoch", "Epoch of the lease, 0 on standby").labels(SERVICE)


@dataclass(slots=True)
class State:
    """Changes as the monitor goes. `waiting`: what it cannot do its work without, while that is away."""

    epoch: int | None = None
    late_s: float = 0.0
    waiting: str | None = None

    def became(self, now_leading: int | None) -> None:
        """Leading with this epoch, or standby."""
        self.epoch, self.late_s, self.waiting = now_leading, 0.0, None
        epoch.set(now_leading or 0)

    def said(self, saying: Saying, late_s: float) -> None:
        """It is in the log, so many seconds after its instant."""
        self.late_s = late_s
        lateness.observe(late_s)
        said.labels(SERVICE, saying.name[0]).inc()

    def idle(self, until_next_s: float | None) -> None:
        """Nothing is due; the next is in so many seconds, None: nothing is ahead."""
        next_due.set(until_next_s or 0)

    def ready(self) -> str:
        """Whether it leads, and how late its last word was; a standby is ready too. Raises while it waits for something."""
        role = "standby" if self.epoch is None else f"leads, epoch {self.epoch}"
        if self.waiting:
            raise RuntimeError(f"{role}, waiting: {self.waiting}")
        return role if self.epoch is None else f"{role}, last {self.late_s:.3f} s late"
