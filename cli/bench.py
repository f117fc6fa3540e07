"""`banjie bench`: how much it carries on this machine, beside the raw limits."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.console import FailedError


def bench(
    context: typer.Context,
    file: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure on an installation of its own, which is gone afterwards. Takes the options of bench.run too."""
    if importlib.util.find_spec("bench") is None or importlib.util.find_spec("bench.run") is None:
        raise FailedError("the bench is not part of an installed package; run it from a checkout: make bench")
    told = [*(["--json", str(file)] if file else []), *context.args]
    raise SystemExit(subprocess.run([sys.executable, "-m", "bench.run", *told], check=False).returncode)
