"""`banjie blocklist`: from whom an office takes no reports for a while; who decided it, why, until when."""

from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from cli.console import UsageError, out, say_json
from cli.operator import operator_api
from cli.options import Data, Json, Office
from cli.timeline import local_time

app = typer.Typer(help="add, list, remove: whose reports are not taken for a while.")
BLOCKS = "/intake/v1/blocks"


@app.command()
def add(
    reason: Annotated[str, typer.Option(help="code, as in data/intake.yaml: false_reports, flooding, …")],
    phone: Annotated[str | None, typer.Option(help="the phone number")] = None,
    address: Annotated[str | None, typer.Option(help="the network address")] = None,
    publisher: Annotated[str | None, typer.Option(help="the system's name")] = None,
    case: Annotated[str | None, typer.Option(help="id of a case: whoever sent it, by --by")] = None,
    by: Annotated[str, typer.Option(help="with --case: contact, address or publisher")] = "contact",
    days: Annotated[int, typer.Option(min=1, help="for so long")] = 30,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take no reports from somebody. Only a keyed fingerprint is kept: whom it means cannot be read again."""
    given = {"contact": phone, "address": address, "publisher": publisher, "case": case}
    named = [(mark, value) for mark, value in given.items() if value]
    if len(named) != 1:
        raise UsageError("name one of --phone, --address, --publisher, --case")
    ((mark, value),) = named
    whom = {"mark": by, "case": value} if mark == "case" else {"mark": mark, "value": value}
    wish = {**whom, "reason": reason, "days": days}
    told = operator_api(data, ("clerk",), office).post(BLOCKS, f"cli-{uuid4()}", json=wish)
    say_json(told) if as_json else out.print(_said(told), soft_wrap=True)


@app.command("list")
def listed(
    everything: Annotated[bool, typer.Option("--all", help="also removed and run out")] = False,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Who is blocked; of all offices, or of one."""
    asked = {"all": everything, "office": office}
    found = operator_api(data).get(BLOCKS, **asked)["blocks"]
    say_json(found) if as_json else out.print(_table(found))


@app.command()
def remove(
    block: Annotated[str, typer.Argument(help="its id, as list shows it")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take their reports again; the decision stays on record."""
    told = operator_api(data).post(f"{BLOCKS}/{block}/remove", f"cli-{uuid4()}")
    say_json(told) if as_json else out.print(
        "already removed 已移出" if told["already"] else "removed 已移出", soft_wrap=True
    )


def _said(told: dict[str, Any]) -> str:
    word = "blocked already 已在名单" if told["already"] else "blocked 已列入"
    return f"{word}: {told['block_id']}, until {local_time(told['until'])}, {told['reason']}, by {told['by']}"


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table()
    for heading in ("block", "office", "by mark", "reason", "by", "until", "refused", "removed"):
        table.add_column(heading, overflow="fold")
    for one in found:
        removed = f"{local_time(one['removed_at'])} {one['removed_by']}" if one["removed_at"] else ""
        facts = (one["reason"], one["by"], local_time(one["until"]), str(one["refused"]), removed)
        table.add_row(one["block_id"], one["office"], one["mark"], *facts)
    return table
