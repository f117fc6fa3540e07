"""How the command talks: tables for people, JSON for machines, one line for an error."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

# Into a file or a pipe a table is as wide as it needs: cut ids are worth nothing there.
WIDE = 220


def _console(stream: TextIO, **more: Any) -> Console:
    return Console(highlight=False, width=None if stream.isatty() else WIDE, **more)


out = _console(sys.stdout)
err = _console(sys.stderr, stderr=True)


class UsageError(Exception):
    """What was asked cannot be: one line, exit code 2."""


class FailedError(Exception):
    """It was right to ask and did not work: one line, exit code 1."""


@contextmanager
def progress(what: str, total: int | None, *columns: ProgressColumn) -> Iterator[Callable[[int], None]]:
    """A line on a terminal that tells how far it is; what it gives is called with how many more are done. Without
    `columns` a bar with counts."""
    shown = columns or (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(
        *shown, TimeElapsedColumn(), console=err, disable=not err.is_terminal, transient=True
    ) as line:
        task = line.add_task(what, total=total)
        yield lambda more: line.advance(task, more)


def named(name: Mapping[str, str] | None, code: str | None = "") -> str:
    """A name in both languages as the doors give it; its code where there is none."""
    return f"{name['zh']} {name['en']}" if name else code or ""


def say_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def fail(line: str, code: int = 1) -> NoReturn:
    """One line on standard error, and out."""
    sys.stderr.write(f"banjie: {' '.join(line.split())}\n")
    raise SystemExit(code)
