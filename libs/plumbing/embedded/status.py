"""What the supervisor tells about its parts: `<data>/run/status.json`, written whole at each change."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from libs.plumbing.embedded.datadir import write_json
from libs.plumbing.embedded.parts import State


@dataclass
class PartStatus:
    """One part: `since` is int µs UTC of the last change of state; `last_exit` a code or negative signal number."""

    state: State = State.WAITING
    pid: int | None = None
    restarts: int = 0
    since: int = 0
    last_exit: int | None = None


class Board:
    """The status of all parts, in memory and in the file."""

    def __init__(self, file: Path, names: list[str]) -> None:
        """Every part begins by waiting."""
        self._file = file
        self.parts = {name: PartStatus(since=_now()) for name in names}
        self._write()

    def change(self, name: str, state: State, **fields: int | None) -> None:
        """Set the state of a part, and fields of `PartStatus` with it."""
        part = self.parts[name]
        part.state, part.since = state, _now()
        for field, value in fields.items():
            setattr(part, field, value)
        self._write()

    def _write(self) -> None:
        parts = {name: asdict(part) for name, part in self.parts.items()}
        write_json(self._file, {"supervisor": os.getpid(), "parts": parts})


def read_status(file: Path) -> dict[str, Any] | None:
    """The status as last written, or `None` when nothing ever ran. It may be of a supervisor that is gone."""
    try:
        content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return content


def _now() -> int:
    return time.time_ns() // 1000
