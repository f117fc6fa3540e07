"""`banjie triage`: what clerks put right, to be accepted or dropped before it is learned."""

from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from cli.console import out, say_json
from cli.operator import operator_api
from cli.options import Data, Json

app = typer.Typer(help="corrections: what clerks put right, and what is learned from it.")
corrections = typer.Typer(help="list, accept, drop: corrections of clerks.")
app.add_typer(corrections, name="corrections")
Case = Annotated[str, typer.Argument(help="the id of the case, as list shows it")]
At = Annotated[str, typer.Argument(metavar="AT", help="when it was corrected, as list shows it")]


@corrections.command("list")
def listed(
    days: Annotated[int, typer.Option(min=1, max=366, help="made in the last so many days")] = 30,
    after: Annotated[str | None, typer.Option(help="cursor of the page before")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Where a clerk gave another category than the likeliest one, newest first. The words: banjie case show."""
    found = operator_api(data).get("/triage/v1/corrections", days=days, after=after)
    say_json(found) if as_json else out.print(_table(found))


@corrections.command()
def accept(case: Case, at: At, data: Data = None) -> None:
    """Learn from it at the next start of triage; its words are freed of names and numbers first."""
    _judge(case, at, "accept", data)


@corrections.command()
def drop(case: Case, at: At, data: Data = None) -> None:
    """Do not learn from it."""
    _judge(case, at, "drop", data)


def _judge(case: str, at: str, verdict: str, data: Any) -> None:
    where = f"/triage/v1/corrections/{case}/{verdict}"
    told = operator_api(data).post(where, f"cli-{uuid4()}", params={"at": at})
    out.print(f"{told['state']}: {told['was'] or '—'} → {told['category']}")


def _table(found: dict[str, Any]) -> Table:
    more = f"以上截至 back to {found['back_to']} · 更早 earlier: --after {found['after']}"
    table = Table(caption=more if found["after"] else None)
    for heading in ("case", "at", "suggested", "corrected", "urgency", "state"):
        table.add_column(heading, overflow="fold")
    for one in found["corrections"]:
        was = one["was"] or "—"
        table.add_row(one["case_id"], one["at"], was, one["category"], one["urgency"], one["state"])
    return table
