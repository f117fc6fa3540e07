"""A part: one child process of the supervisor, told in data. The supervisor knows parts, never services."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from libs.plumbing.embedded.errors import EmbeddedError

Hook = Callable[[], Awaitable[None]]
RESTART_ME = 75
"""Exit code of a part that wants to be started again at once, which is no failure."""


class State(StrEnum):
    """Where a part is in its life."""

    WAITING = "waiting"  # for what it needs, or for its next try
    STARTING = "starting"
    UP = "up"
    STOPPED = "stopped"
    FAILED = "failed"


async def nothing() -> None:
    """For parts without this hook."""


async def at_once() -> bool:
    """For parts that are ready as soon as they run."""
    return True


@dataclass(frozen=True)
class Part:
    """How one child process is started, known to be ready, and stopped. Times in seconds.

    `needs` names parts that must be up before every start. `prepare` runs before, `after_ready` after EVERY start,
    a restart too; until `after_ready` has succeeded the part is not up. `ready` is polled. A hook that raises is
    tried again within `ready_timeout`; `EmbeddedError` from any of them ends everything with its line.
    `healthy` is asked every second while the part is up: a no is answered by a kill and a new start.
    `env` is added to the environment. The log is `<data>/logs/<name>.log`.
    """

    name: str
    command: Callable[[], Sequence[str]]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    prepare: Hook = nothing
    ready: Callable[[], Awaitable[bool]] = at_once
    after_ready: Hook = nothing
    healthy: Callable[[], Awaitable[bool]] = at_once
    ready_timeout: float = 60.0
    stop_timeout: float = 4.0


def levels(parts: Sequence[Part]) -> dict[str, int]:
    """How deep each part stands on others: 0 needs nobody. Raises `EmbeddedError` on an unknown need or a circle."""
    known = {part.name: part for part in parts}
    depth: dict[str, int] = {}

    def visit(name: str, above: tuple[str, ...]) -> int:
        if name in above or name not in known:
            raise EmbeddedError(
                f"part {above[-1]} needs {name}: {'a circle' if name in above else 'no such part'}"
            )
        if name not in depth:
            depth[name] = max((1 + visit(need, (*above, name)) for need in known[name].needs), default=0)
        return depth[name]

    for part in parts:
        visit(part.name, ())
    return depth
