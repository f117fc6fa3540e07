"""What the solver answered last, kept for tests: they build triage many times in a process, from the same data."""

from hashlib import sha256
from typing import Any

from services.triage import fitting

_LAST: dict[bytes, dict[str, Any]] = {}
really_solved = fitting.solved


async def _remembered(task: bytes) -> dict[str, Any]:
    name = sha256(task).digest()
    if name not in _LAST:
        answer = await really_solved(task)
        _LAST.clear()
        _LAST[name] = answer
    return _LAST[name]


fitting.solved = _remembered
