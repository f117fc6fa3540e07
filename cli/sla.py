"""`banjie sla`: deadlines. `due` computes by the reviewed data alone, nothing has to run; the others ask the installation."""

import sys
from typing import Annotated

import typer

from cli.console import UsageError, say_json
from cli.limits import calendars
from cli.operator import operator_api
from cli.options import Data, Json
from cli.policies import move, policies, preview
from cli.simulate import simulate
from cli.which import Which, case_id
from libs.casework.deadlines.asking import USUAL, Question, answer
from libs.casework.deadlines.explain import as_text
from libs.casework.deadlines.explain.document import document
from libs.casework.refusal import Refusal
from libs.plumbing.clock import now_us

app = typer.Typer(
    help="due: when a limit ends. explain: how a case's deadlines came about. policies, preview, move, simulate: other limits."
)
for command in (policies, preview, move, simulate):
    app.command()(command)


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


@app.command()
def explain(
    case: Which,
    clock: Annotated[str | None, typer.Option(help="only this clock: resolution, item:clear")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """How each deadline of a case came about, in both languages."""
    api = operator_api(data)
    found = api.get(f"/sla/v1/cases/{case_id(api, case)}/explanation")
    told = [one for one in found["clocks"] if clock in (None, one["clock"])]
    if clock is not None and not told:
        known = ", ".join(dict.fromkeys(one["clock"] for one in found["clocks"]))
        raise UsageError(f"case {found['number']} has no clock {clock!r}; it has: {known}")
    if as_json:
        say_json(found | {"clocks": told})
    else:
        sys.stdout.write("\n\n".join(one["text"] for one in told) + "\n")
