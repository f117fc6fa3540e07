"""`banjie sla`: deadlines. `due` computes by the reviewed data alone, nothing has to run; the others ask the installation."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.board import follow, shown
from cli.console import UsageError, out, say_json
from cli.ledger import ledger
from cli.limits import calendars
from cli.names import known_account, known_category, known_grid, known_level, known_office, known_unit
from cli.operator import operator_api
from cli.options import Data, Json, Office
from cli.policies import move, policies, preview
from cli.simulate import simulate
from cli.which import Which, case_id
from libs.casework.deadlines.asking import USUAL, Question, answer
from libs.casework.deadlines.explain import as_text
from libs.casework.deadlines.explain.document import document
from libs.casework.deadlines.vocabulary import Clock, Colour
from libs.casework.refusal import Refusal
from libs.plumbing.clock import now_us

app = typer.Typer(
    help="due: when a limit ends. explain: how a case's deadlines came about. board: what is near due or over. "
    "suspended: cases that wait. policies, preview, move, simulate: other limits."
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


@app.command()
def board(
    unit: Annotated[
        str | None, typer.Option(help="who has it now: a unit of data/units.yaml, office or checker")
    ] = None,
    grid: Annotated[str | None, typer.Option(help="code in data/grids.geojson")] = None,
    category: Annotated[str | None, typer.Option(help="of this subclass")] = None,
    clock: Annotated[Clock | None, typer.Option(help="clocks of this kind")] = None,
    colour: Annotated[list[Colour] | None, typer.Option(help="only this; may be said again")] = None,
    level: Annotated[str | None, typer.Option(help="id of a level in data/policies.yaml")] = None,
    office: Office = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="at most")] = 30,
    every: Annotated[float, typer.Option(min=0.5, max=3600, help="seconds between two looks")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="show it once, and be done")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What is near due, behind, overdue, by unit and grid. It follows the time until Ctrl-C; --once and --json do not."""
    wanted = {
        "unit": known_account(unit),
        "grid": known_grid(grid),
        "category": known_category(category),
        "clock": clock and clock.value,
        "colour": [one.value for one in colour] if colour else None,
        "level": known_level(level),
        "office": office and known_office(office),
        "limit": limit,
    }
    fetch = partial(_board, data, wanted)
    if as_json:
        say_json(fetch())
    elif once or not out.is_terminal:
        out.print(shown(fetch()))
    else:
        follow(fetch, every)


def _board(data: Path | None, wanted: dict[str, Any]) -> dict[str, Any]:
    # Signed anew each time: a board hangs on a wall for longer than a key is good for.
    page: dict[str, Any] = operator_api(data).get("/sla/v1/board", **wanted)
    return page


@app.command()
def suspended(
    unit: Annotated[str | None, typer.Option(help="led by this unit")] = None,
    grid: Annotated[str | None, typer.Option(help="code in data/grids.geojson")] = None,
    office: Office = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="at most")] = 100,
    after: Annotated[str | None, typer.Option(help="cursor of the page before")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Cases that wait: why, approved by whom, since when, and when to look again; overdue reviews first."""
    wanted = {"unit": known_unit(unit), "grid": known_grid(grid), "office": office and known_office(office)}
    page = operator_api(data).get("/sla/v1/suspended", limit=limit, after=after, **wanted)
    say_json(page) if as_json else out.print(ledger(page))
