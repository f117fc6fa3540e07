"""`banjie report`: send a report over HTTP, as a resident's phone would, or with a key as staff; `import`: a file of them."""

import json
import mimetypes
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from cli.console import UsageError, out, say_json
from cli.operator import Api
from cli.options import Data, Json, Office
from cli.report_import import import_reports
from cli.site import http_url

REPORTS = "/intake/v1/reports"
Key = Annotated[str | None, typer.Option(envvar="BANJIE_KEY", help="who reports; none: a resident")]

Text = Annotated[str | None, typer.Option(help="what is the matter; - reads it from standard input")]

app = typer.Typer(help="report something; import: all that a file holds.")
app.command("import")(import_reports)


@app.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    text: Text = None,
    address: Annotated[str | None, typer.Option(help="where, in words")] = None,
    lon: Annotated[float | None, typer.Option(help="longitude, WGS 84")] = None,
    lat: Annotated[float | None, typer.Option(help="latitude, WGS 84")] = None,
    compound: Annotated[str | None, typer.Option(help="where, by name or code")] = None,
    building: Annotated[str | None, typer.Option(help="of the compound")] = None,
    photo: Annotated[list[Path] | None, typer.Option(help="JPEG, PNG or WebP; up to three")] = None,
    contact_name: Annotated[str | None, typer.Option(help="kept: giving it is consent")] = None,
    phone: Annotated[str | None, typer.Option(help="kept: giving it is consent")] = None,
    category: Annotated[str | None, typer.Option(help="id of the subclass, see docs/categories.md")] = None,
    field: Annotated[list[str] | None, typer.Option(help="what the category asks: lamps=3")] = None,
    on_behalf: Annotated[bool, typer.Option("--on-behalf", help="for a caller; with a key of staff")] = False,
    grid: Annotated[str | None, typer.Option(help="code of the grid")] = None,
    office: Office = None,
    key: Key = None,
    idempotency_key: Annotated[str | None, typer.Option(help="the same again is the same report")] = None,
    url: Annotated[str | None, typer.Option(envvar="BANJIE_URL", help="of an installation elsewhere")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Report something; prints the case number and the receipt code."""
    if context.invoked_subcommand:
        return
    wish = {
        "text": _words(text),
        "address": address,
        "place": _place(lon, lat),
        "contact": _contact(contact_name, phone),
        "category": category,
        "location": _location(compound, building),
        "fields": dict(map(_field, field)) if field else None,
        "on_behalf": on_behalf or None,
        "grid": grid,
        "office": office,
    }
    content = _content({name: value for name, value in wish.items() if value is not None}, photo or [])
    found = Api(url or http_url(data), key).post(REPORTS, idempotency_key or str(uuid4()), **content)
    say_json(found) if as_json else _show(found)


def _words(text: str | None) -> str:
    if text is None:
        raise UsageError("say what is the matter: --text; see: banjie report --help")
    return sys.stdin.read() if text == "-" else text


def _place(lon: float | None, lat: float | None) -> dict[str, float] | None:
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise UsageError("--lon and --lat go together")
    return {"lon": lon, "lat": lat}


def _location(compound: str | None, building: str | None) -> dict[str, str] | None:
    given = {"compound": compound, "building": building}
    return {part: said for part, said in given.items() if said} or None


def _field(given: str) -> tuple[str, Any]:
    """`lamps=3`: a number or true or false where it reads as one, else a text."""
    name, equals, value = given.partition("=")
    if not equals:
        raise UsageError(f"--field {given}: write it as name=value")
    try:
        read = json.loads(value)
    except ValueError:
        return name, value
    return name, read if isinstance(read, bool | int | float) else value


def _contact(name: str | None, phone: str | None) -> dict[str, Any] | None:
    given = {field: value for field, value in (("name", name), ("phone", phone)) if value}
    return {**given, "consent": True} if given else None


def _content(wish: dict[str, Any], photos: list[Path]) -> dict[str, Any]:
    if not photos:
        return {"json": wish}
    files = [("report", (None, json.dumps(wish), "application/json")), *map(_photo, photos)]
    return {"files": files}


def _photo(file: Path) -> tuple[str, tuple[str, bytes, str]]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    # The name says nothing that anybody needs, and may say what nobody should know.
    return "photo", ("photo", content, mimetypes.guess_type(file.name)[0] or "application/octet-stream")


def _show(found: dict[str, Any]) -> None:
    out.print(f"案件 case     {found['number']}  ({found['case_id']})")
    out.print(f"回执 receipt  {found['receipt']}")
    out.print(f"follow it: banjie case log {found['number']}")
