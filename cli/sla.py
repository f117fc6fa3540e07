"""`banjie sla`: deadlines. `due` needs nothing that runs: it computes by the reviewed data alone."""

import sys
from typing import Annotated

import typer
from pydantic import ValidationError

from cli.console import FailedError, UsageError, say_json
from cli.options import Json
from libs.casework.calendar import Calendars, parse_calendars
from libs.casework.deadlines.asking import USUAL, Question, answer
from libs.casework.deadlines.explain import as_text
from libs.casework.deadlines.explain.document import document
from libs.casework.refusal import Refusal
from libs.plumbing.clock import now_us
from libs.plumbing.data import DataUnreadable, read_yaml

app = typer.Typer(help="due: when a limit ends, and how that comes about.")


@app.callback()
def deadlines() -> None:
    """Deadlines 时限."""


@app.command()
def due(
    begins: Annotated[
        str,
        typer.Option(
            "--from", metavar="INSTANT", help="2026-11-27T17:30, on the calendar's clock unless it has a zone"
        ),
    ],
    limit: Annotated[str, typer.Option(help="'4 工作时', '1 work_day', '2 紧急工作时', '30 分钟'")],
    calendar: Annotated[str, typer.Option(help="id in data/calendars.yaml")] = USUAL,
    pause: Annotated[
        list[str] | None,
        typer.Option(metavar="BEGIN/END", help="nothing counts then; BEGIN/ goes on; may be said again"),
    ] = None,
    as_json: Json = False,
) -> None:
    """When a limit ends, told so that it can be checked by hand."""
    found = answer(Question(begins, limit, calendar, tuple(pause or ())), calendars(), now_us())
    if isinstance(found, Refusal):
        raise UsageError(f"--{found.field}: {found.detail}")
    if as_json:
        say_json(document(found.explanation, found.reckoning, found.calendar))
    else:
        sys.stdout.write(as_text(found.explanation) + "\n")


def calendars() -> Calendars:
    """The reviewed calendars as they lie in the data folder."""
    try:
        return parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
    except DataUnreadable as error:
        raise FailedError(str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise FailedError(f"calendars.yaml or holidays.yaml: {where}: {first['msg']}") from None
