"""The `banjie` command: every group of commands put together, and what happens to errors."""

import sys

import click
import typer

from cli.console import FailedError, UsageError
from cli.up import down, status, up
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.settings import SettingsError

app = typer.Typer(
    name="banjie",
    help="Banjie 办结: case management for street offices 街道办案件管理",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up)
app.command()(down)
app.command()(status)


def main() -> None:
    """Entry point. Errors are one line on standard error: exit code 2 for usage, 1 for failure, 130 for Ctrl-C."""
    try:
        app(standalone_mode=False)
    except click.exceptions.Abort:
        raise SystemExit(130) from None
    except click.ClickException as error:
        _end(error.format_message(), 2)
    except (UsageError, SettingsError) as error:
        _end(str(error), 2)
    except (FailedError, EmbeddedError) as error:
        _end(str(error), 1)


def _end(line: str, code: int) -> None:
    sys.stderr.write(f"banjie: {' '.join(line.split())}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
