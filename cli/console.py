"""How the command talks: tables for people, JSON for machines, one line for an error."""

import json
import sys
from typing import Any, NoReturn

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


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
