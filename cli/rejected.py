"""`banjie rejected`: records that were refused, why, and sending them again."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.console import FailedError, UsageError, err, out, say_json
from cli.options import Data, Json
from cli.refused import Refused, rejections, send_again
from cli.site import site
from cli.timeline import local_time
from libs.casework.topics import REJECTED
from libs.casework.wire import instant

app = typer.Typer(help="list, show, replay: records that were refused, and why.")
Topic = Annotated[str | None, typer.Option(help="of one topic, such as banjie.reports.hotline")]
Code = Annotated[str | None, typer.Option(help="refused for this reason, such as invalid")]


@app.command("list")
def listed(
    topic: Topic = None,
    code: Code = None,
    limit: Annotated[int, typer.Option(min=1, help="the newest so many")] = 50,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Refused records, oldest first."""
    found = chosen_of(asyncio.run(rejections(site(data).operator_settings())), topic, code)[-limit:]
    say_json([_told(refused) for refused in found]) if as_json else out.print(_table(found))


@app.command()
def show(
    place: Annotated[str, typer.Argument(help="TOPIC/PARTITION/OFFSET, as list shows it, or the id")],
    original: Annotated[bool, typer.Option(help="with what came in; it may hold personal words")] = True,
    data: Data = None,
) -> None:
    """One rejection as JSON, with the original as it came in."""
    refused = _one(asyncio.run(rejections(site(data).operator_settings())), place)
    came_in = {"original": refused.original.decode("utf-8", "backslashreplace")} if original else {}
    say_json(_told(refused) | came_in)


@app.command()
def replay(
    places: Annotated[list[str] | None, typer.Argument(help="TOPIC/PARTITION/OFFSET; may be several")] = None,
    every: Annotated[bool, typer.Option("--all", help="all that --topic and --code leave")] = False,
    topic: Topic = None,
    code: Code = None,
    force: Annotated[bool, typer.Option("--force", help="also records without a readable id")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Send originals to their door again. Twice is harmless: their ids are idempotency keys."""
    if bool(places) == (every or bool(topic or code)):
        raise UsageError("name the rejections to replay, or choose by --topic, --code or --all")
    told = asyncio.run(_replayed(data, places or (), topic, code, force))
    say_json(told) if as_json else _say(told)
    raise SystemExit(1 if told["without_readable_id"] else 0)


async def _replayed(
    data: Any, places: Sequence[str], topic: str | None, code: str | None, force: bool
) -> dict[str, Any]:
    settings = site(data).operator_settings()
    found = await rejections(settings)
    chosen = [_one(found, place) for place in places] if places else chosen_of(found, topic, code)
    nameless = [] if force else [refused for refused in chosen if refused.message_id is None]
    sent = [refused for refused in chosen if refused not in nameless]
    count = await send_again(settings, sent)
    return {
        "sent": count,
        "replayed": [refused.place for refused in sent],
        "without_readable_id": [refused.place for refused in nameless],
    }


def chosen_of(found: Sequence[Refused], topic: str | None, code: str | None) -> list[Refused]:
    """Those of one topic (the door or its rejection topic) and refused for one reason; None does not narrow."""
    door = topic.removesuffix(REJECTED) if topic else None
    return [
        refused
        for refused in found
        if door in (None, refused.document["topic"], refused.place.partition("/")[0].removesuffix(REJECTED))
        and code in (None, refused.document["code"])
    ]


def _one(found: Sequence[Refused], place: str) -> Refused:
    refused = next((each for each in found if place in (each.place, each.document["id"])), None)
    if refused is None:
        raise FailedError(f"no rejection stands at {place}")
    return refused


def _told(refused: Refused) -> dict[str, Any]:
    told = {name: value for name, value in refused.document.items() if name != "original"}
    return {"place": refused.place, "message_id": refused.message_id, **told}


def _say(told: dict[str, Any]) -> None:
    out.print(f"{told['sent']} sent again; what became of each: its outcomes topic, banjie rejected list")
    for place in told["without_readable_id"]:
        err.print(
            f"skipped {place}: no readable id, a second time would be a second message; --force sends it"
        )


def _table(found: Sequence[Refused]) -> Table:
    table = Table()
    for heading in ("place", "when", "code", "why", "field", "message", "tries"):
        table.add_column(heading, overflow="fold")
    for refused in found:
        shown = refused.document
        cells = (shown["code"], shown["detail"], shown["field"], refused.message_id, shown["attempts"])
        when = local_time(instant(shown["at"]))[5:]
        table.add_row(refused.place, when, *("" if cell is None else str(cell) for cell in cells))
    return table
