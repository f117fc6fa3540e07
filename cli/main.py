"""The `banjie` command: every group of commands put together, and what happens to errors."""

import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from cli import cases, keys, publishers, rejected
from cli.bench import bench
from cli.doctor import doctor
from cli.errors import INTERRUPTED, line_and_code, told_to_show
from cli.report import report
from cli.run import run_service
from cli.stats import stats
from cli.status import status
from cli.up import down, up
from cli.verify import verify_log

app = typer.Typer(
    name="banjie",
    help="Banjie 办结: case management for street offices 街道办案件管理",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS: dict[str, Callable[..., None]] = {
    "up": up,
    "down": down,
    "status": status,
    "report": report,
    "verify": verify_log,
    "stats": stats,
    "run": run_service,
    "doctor": doctor,
}
GROUPS = {"case": cases, "rejected": rejected, "publisher": publishers, "key": keys}
for name, command in COMMANDS.items():
    app.command(name)(command)
for name, group in GROUPS.items():
    app.add_typer(group.app, name=name)
# What it does not know it hands to the bench.
app.command("bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)


@app.callback(invoke_without_command=True)
def banjie(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
) -> None:
    """Banjie 办结: case management for street offices 街道办案件管理"""
    if show_version:
        sys.stdout.write(f"banjie {version('banjie')}\n")
    elif context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


def main() -> None:
    """Entry point. Errors are one line on standard error: exit code 2 for usage, 1 for failure, 130 for Ctrl-C."""
    try:
        code = app(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        _end_quietly()
    except Exception as error:
        if told_to_show():
            raise
        line, code = line_and_code(error)
        sys.stderr.write(f"banjie: {' '.join(line.split())}\n")
    # What typer answers when a command ended early, for example with Ctrl-C.
    raise SystemExit(code if isinstance(code, int) else 0)


def _end_quietly() -> NoReturn:
    """Whoever read our output (`| head`) has gone; nothing more may be written, not even while closing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(1)


if __name__ == "__main__":
    main()
