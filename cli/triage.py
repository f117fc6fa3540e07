"""`banjie triage`: what clerks put right, to be accepted or dropped before it is learned."""

from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from cli.console import out, say_json
from cli.names import Names
from cli.operator import operator_api
from cli.options import Data, Json
from cli.timeline import zone_of
from cli.which import Which, case_id
from libs.casework.vocabulary import Urgency

app = typer.Typer(help="corrections: what clerks put right, and what is learned from it.")
corrections = typer.Typer(help="list, accept, drop: corrections of clerks.")
app.add_typer(corrections, name="corrections")
At = Annotated[str, typer.Argument(metavar="AT", help="when it was corrected, as list shows it")]

STATES = {"open": "待审核 open", "accepted": "已采纳 accepted", "dropped": "已舍弃 dropped"}
_HEADINGS = (
    "案件 case",
    "更正时间 at",
    "原建议 suggested",
    "更正为 corrected",
    "紧急程度 urgency",
    "状态 state",
)
_WHOLE = frozenset(_HEADINGS[:2])


@corrections.command("list")
def listed(
    days: Annotated[int, typer.Option(min=1, max=366, help="made in the last so many days")] = 30,
    after: Annotated[str | None, typer.Option(help="cursor of the page before")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Where a clerk gave another category than the likeliest one, newest first. The words: POST /records/v1/cases/{id}/content; it is recorded."""
    found = operator_api(data).get("/triage/v1/corrections", days=days, after=after)
    say_json(found) if as_json else out.print(_table(found))


@corrections.command()
def accept(case: Which, at: At, data: Data = None) -> None:
    """Learn from it at the next start of triage; its words are freed of names and numbers first."""
    _judge(case, at, "accept", data)


@corrections.command()
def drop(case: Which, at: At, data: Data = None) -> None:
    """Do not learn from it."""
    _judge(case, at, "drop", data)


def _local(at: str, office: str) -> str:
    """The same instant on the office's clock, to the microsecond: accept and drop take it as it stands."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone_of(office))).isoformat()


def _judge(case: str, at: str, verdict: str, data: Any) -> None:
    api, names = operator_api(data), Names()
    where = f"/triage/v1/corrections/{case_id(api, case)}/{verdict}"
    told = api.post(where, f"cli-{uuid4()}", params={"at": at})
    out.print(f"{STATES[told['state']]}: {names.category(told['was'])} → {names.category(told['category'])}")


def _table(found: dict[str, Any]) -> Table:
    more = f"以上截至 back to {found['back_to']} · 更早 earlier: --after {found['after']}"
    table, names = Table(caption=more if found["after"] else None), Names()
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=heading in _WHOLE, overflow="fold")
    for one in found["corrections"]:
        urgency = Urgency(one["urgency"])
        table.add_row(
            one["case_id"],
            _local(one["at"], one["office"]),
            names.category(one["was"]),
            names.category(one["category"]),
            f"{urgency.zh} {urgency.value}",
            STATES[one["state"]],
        )
    return table
