"""`banjie key`: signed keys for people and systems."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from uuid_utils.compat import uuid7

from cli.console import FailedError, UsageError, err, out, say_json
from cli.names import known_office, known_places, known_unit
from cli.operator import database
from cli.options import Data, Json, Office
from cli.site import Site, site
from cli.timeline import local_time
from libs.casework.places import Level
from libs.casework.vocabulary import Role
from libs.casework.wire import instant
from libs.plumbing.clock import now_us
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.mongo import Document
from libs.plumbing.principals import ROLES, Principal, checked_roles
from libs.plumbing.security import sign

app = typer.Typer(help="create, list, revoke: signed keys for people and systems.")
DAY_US = 24 * 3600 * 1_000_000
Answer = TypeVar("Answer")


@app.command()
def create(
    who: Annotated[str, typer.Argument(metavar="ID", help="who acts, as the case log shows it: not a name")],
    role: Annotated[list[str], typer.Option(help=f"one of {', '.join(ROLES)}; may be said again")],
    office: Annotated[str, typer.Option(help="code of the office")],
    unit: Annotated[str | None, typer.Option(help="the unit of a unit_worker")] = None,
    grid: Annotated[
        list[str] | None, typer.Option(help="a grid worker's or checker's grid; may be said again")
    ] = None,
    community: Annotated[
        list[str] | None, typer.Option(help="a grid worker's or checker's community")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="valid for so long")] = 90,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make a key; it is shown once."""
    where, now, key_id = site(data), now_us(), str(uuid7())
    known_office(office)
    grids = known_places(grid or (), Level.GRID, office)
    communities = known_places(community or (), Level.COMMUNITY, office)
    if Role.GRID_WORKER in role and not (grids or communities):
        raise UsageError("a grid worker acts in grids of their own: say --grid or --community")
    places = office, known_unit(unit), grids, communities
    principal = Principal(who, checked_roles(role), *places, expires=now + days * DAY_US)
    key = sign(principal, where.signing_key, now, key_id)
    asyncio.run(_asked(where, lambda keys: keys.add(key_id, principal, now)))
    told = {"key_id": key_id, "id": who, "expires_at": instant(principal.expires), "key": key}
    say_json(told) if as_json else _show(told)


@app.command("list")
def listed(office: Office = None, data: Data = None, as_json: Json = False) -> None:
    """Every key that was made; never the key itself."""
    found = asyncio.run(_asked(site(data), lambda keys: keys.list(office)))
    rows = [_plain(document) for document in found]
    say_json(rows) if as_json else out.print(_table(rows))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="as `banjie key list` shows it")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make a key worthless, within five seconds."""
    if not asyncio.run(_asked(site(data), lambda keys: keys.revoke(key_id, now_us()))):
        raise FailedError(f"no key has the id {key_id}")
    line = f"{key_id} counts no longer, in five seconds at most 已吊销"
    say_json({"revoked": key_id}) if as_json else out.print(line)


async def _asked(where: Site, ask: Callable[[KeyRegistry], Awaitable[Answer]]) -> Answer:
    async with database(where) as there:
        return await ask(KeyRegistry(there["keys"]))


def _show(told: dict[str, str]) -> None:
    err.print(f"key {told['key_id']} of {told['id']}, until {told['expires_at']}; shown once 仅显示一次:")
    # Alone on standard output: KEY=$(banjie key create ...)
    sys.stdout.write(told["key"] + "\n")


def _plain(document: Document) -> Document:
    times = {name: document.pop(name) for name in ("made_at", "expires_at", "revoked_at")}
    shown = {name: None if at is None else instant(at) for name, at in times.items()}
    return {"key_id": document.pop("_id"), **document, **shown}


def _table(found: list[Document]) -> Table:
    table = Table()
    for heading in ("key id", "who", "roles", "office", "unit", "expires", "revoked"):
        table.add_column(heading, no_wrap=heading == "key id")
    for row in found:
        roles = ", ".join(row["roles"])
        times = (local_time(row[name])[:16] if row[name] else "" for name in ("expires_at", "revoked_at"))
        table.add_row(row["key_id"], row["id"], roles, row["office"], row["unit"] or "", *times)
    return table
