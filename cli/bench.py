"""`banjie bench`: how much it carries on this machine, beside the raw limits."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.console import FailedError, UsageError


def bench(
    file: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="a tenth of the cases: to try it out")] = False,
) -> None:
    """Measure on an installation of its own, which is gone afterwards."""
    if file and not file.absolute().parent.is_dir():
        raise UsageError(f"--json: there is no folder {file.absolute().parent}")
    if importlib.util.find_spec("bench") is None or importlib.util.find_spec("bench.run") is None:
        raise FailedError("the bench is not part of an installed package; run it from a checkout: make bench")
    told = [*(["--json", str(file)] if file else []), *(["--quick"] if quick else [])]
    raise SystemExit(subprocess.run([sys.executable, "-m", "bench.run", *told], check=False).returncode)
