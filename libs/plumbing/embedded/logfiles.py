"""Logs of the parts: appended to, kept small, one earlier file each."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT = 10 << 20
"""Bytes after which a log starts anew."""


def open_log(file: Path) -> BinaryIO:
    """Open for appending, readable by the owner only. Appending is what makes `trim` safe under a running process."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)


def trim(file: Path, limit: int = LIMIT) -> bool:
    """Move the content of a log longer than `limit` bytes to `<file>.1`; whether it was."""
    if not file.exists() or file.stat().st_size <= limit:
        return False
    shutil.copy2(file, file.with_name(file.name + ".1"))
    os.truncate(file, 0)
    return True


def last_lines(file: Path, count: int = 20) -> list[str]:
    """The last lines of a log, for a person who asks why."""
    if not file.exists():
        return []
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - count * 400))
        return log.read().decode("utf-8", errors="replace").splitlines()[-count:]
