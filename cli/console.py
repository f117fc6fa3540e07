"""How the command talks: tables for people, JSON for machines, one line for an error."""

import json
import sys
from typing import Any, NoReturn, TextIO

from rich.console import Console

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


def say_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def fail(line: str, code: int = 1) -> NoReturn:
    """One line on standard error, and out."""
    sys.stderr.write(f"banjie: {' '.join(line.split())}\n")
    raise SystemExit(code)
