"""Every command and group by name, imported only when it is the one that was typed: a command is there at once."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer

HELP = "Banjie 办结: case management for street offices 街道办案件管理"
COMMANDS = {
    "up": "cli.up:up",
    "down": "cli.up:down",
    "status": "cli.status:status",
    "demo": "cli.demo.command:demo",
    "verify": "cli.verify:verify_log",
    "stats": "cli.stats:stats",
    "run": "cli.run:run_service",
    "doctor": "cli.doctor:doctor",
    "bench": "cli.bench:bench",
}
GROUPS = {
    "report": "cli.report:app",
    "blocklist": "cli.blocklist:app",
    "case": "cli.cases:app",
    "sla": "cli.sla:app",
    "data": "cli.dataset:app",
    "triage": "cli.triage:app",
    "rejected": "cli.rejected:app",
    "publisher": "cli.publishers:app",
    "key": "cli.keys:app",
}


def banjie(arguments: Sequence[str]) -> typer.Typer:
    """The command as far as these arguments need it; all of it for help and for completion."""
    app = typer.Typer(name="banjie", help=HELP, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback(invoke_without_command=True)(_alone)
    for name, place in _needed(COMMANDS, arguments).items():
        app.command(name)(_at(place))
    for name, place in _needed(GROUPS, arguments).items():
        app.add_typer(_at(place), name=name)
    return app


def _needed(places: dict[str, str], arguments: Sequence[str]) -> dict[str, str]:
    first = arguments[0] if arguments else ""
    if first in COMMANDS or first in GROUPS:
        return {name: place for name, place in places.items() if name == first}
    return {} if first == "--version" else places


def _at(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _alone(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
) -> None:
    """Banjie 办结: case management for street offices 街道办案件管理"""
    if show_version:
        sys.stdout.write(f"banjie {version('banjie')}\n")
    elif context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
