"""`banjie status`: what runs, since when, how often restarted, how far behind."""

from typing import Any

from rich.table import Table

from cli.console import out, say_json
from cli.options import Data, Json
from cli.running import existing_home, state_of

COLUMNS = ("state", "pid", "port", "restarts", "last_exit", "says")


def status(data: Data = None, as_json: Json = False) -> None:
    """What runs, since when, how often restarted, with its lag. Exit code 1 when something is not up."""
    found = state_of(existing_home(data))
    say_json(found) if as_json else out.print(_shown(found))
    raise SystemExit(0 if found["ok"] else 1)


def _shown(found: dict[str, Any]) -> Table | str:
    if not found["supervisor"]:
        return f"not running on {found['data']}"
    table = Table(title=f"Banjie 办结 · {found['url']} · {found['data']}")
    for heading in ("part", *(column.replace("_", " ") for column in COLUMNS)):
        table.add_column(heading)
    for name, part in found["parts"].items():
        table.add_row(name, *("" if part[cell] is None else str(part[cell]) for cell in COLUMNS))
    return table
