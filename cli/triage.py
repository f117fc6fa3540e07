"""`banjie triage`: what clerks put right, to be accepted or dropped before it is learned."""

from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from cli.console import out, say_json
from cli.operator import operator_api
from cli.options import Data, Json
from cli.timeline import local_time

app = typer.Typer(help="corrections: what clerks put right, and what is learned from it.")
corrections = typer.Typer(help="list, accept, drop: corrections of clerks.")
app.add_typer(corrections, name="corrections")
Case = Annotated[str, typer.Argument(help="the id of the case, as list shows it")]


@corrections.command("list")
def listed(
    days: Annotated[int, typer.Option(min=1, max=366, help="made in the last so many days")] = 30,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Where a clerk gave another category than the likeliest one, newest first. The words: banjie case show."""
    found = operator_api(data).get("/triage/v1/corrections", days=days)["corrections"]
    say_json(found) if as_json else out.print(_table(found))


@corrections.command()
def accept(case: Case, data: Data = None) -> None:
    """Learn from it at the next start of triage; its words are freed of names and numbers first."""
    _judge(case, "accept", data)


@corrections.command()
def drop(case: Case, data: Data = None) -> None:
    """Do not learn from it."""
    _judge(case, "drop", data)


def _judge(case: str, verdict: str, data: Any) -> None:
    told = operator_api(data).post(f"/triage/v1/corrections/{case}/{verdict}", f"cli-{uuid4()}")
    out.print(f"{told['state']}: {told['was'] or '—'} → {told['category']}")


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table()
    for heading in ("case", "when", "suggested", "corrected", "urgency", "state"):
        table.add_column(heading, overflow="fold")
    for one in found:
        when = local_time(one["at"])[5:]
        table.add_row(one["case_id"], when, one["was"] or "—", one["category"], one["urgency"], one["state"])
    return table
