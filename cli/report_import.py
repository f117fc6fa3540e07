"""`banjie report import`: a file of reports through the batch door. Safe to run twice and to kill half-way."""

import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import FailedError, UsageError, out, say_json
from cli.operator import Api, operator_api
from cli.options import Data, Json, Office
from cli.report_file import BadLine, Row, rows
from cli.site import http_url
from libs.casework.categories import parse_catalogue
from libs.plumbing.data import read_yaml

BATCH = "/intake/v1/reports/batch"
AT_ONCE = 100
REFUSED = 2


class Format(StrEnum):
    """How the file is written."""

    JSONL = "jsonl"
    CSV = "csv"


def import_reports(
    file: Annotated[Path, typer.Argument(help="JSON lines or CSV; - reads standard input")],
    file_format: Annotated[
        Format | None, typer.Option("--format", help="where the name does not end in .jsonl or .csv")
    ] = None,
    encoding: Annotated[str, typer.Option(help="for example gb18030")] = "utf-8-sig",
    key: Annotated[
        str | None, typer.Option(envvar="BANJIE_KEY", help="who reports; none: a clerk, the operator")
    ] = None,
    office: Office = None,
    url: Annotated[str | None, typer.Option(envvar="BANJIE_URL", help="of an installation elsewhere")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Report all that a file holds; a line on standard error for each that is refused, and exit code 2 then.

    Run it again after mending, or after it was killed: what was taken in is not taken in twice. CSV headings are the
    fields of a report, with dots: text, category, place.lon, contact.phone, contact.consent, location.compound, fields.lamps.
    """
    text, as_csv = _text(file, encoding), _is_csv(file, file_format)
    api = Api(url or http_url(data), key) if key else operator_api(data, ("clerk",), office)
    told = send(api, rows(text, as_csv, parse_catalogue(read_yaml("categories.yaml"))), _complain(str(file)))
    say_json(told) if as_json else out.print(_summary(told))
    if told["refused"]:
        raise typer.Exit(REFUSED)


def _text(file: Path, encoding: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode(encoding)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(f"{file}, line {line}: not {encoding}; see --encoding") from None
    except LookupError:
        raise UsageError(f"there is no encoding {encoding}") from None


def _is_csv(file: Path, given: Format | None) -> bool:
    if given:
        return given is Format.CSV
    ending = file.suffix.lower()
    if ending not in (".csv", ".jsonl", ".ndjson"):
        raise UsageError(f"{file}: say --format jsonl or --format csv")
    return ending == ".csv"


def _complain(name: str) -> Callable[[int, str], None]:
    def complain(line: int, detail: str) -> None:
        sys.stderr.write(f"{name}, line {line}: {detail}\n")

    return complain


def send(api: Api, read: Iterator[Row | BadLine], complain: Callable[[int, str], None]) -> dict[str, int]:
    """Send all of it, a hundred at a time; how many came to which end. `complain` hears of each refused line.

    Raises `FailedError` with the last line that is done.
    """
    told, last = {"accepted": 0, "duplicate": 0, "refused": 0}, 0
    while chunk := list(islice(read, AT_ONCE)):
        for bad in (each for each in chunk if isinstance(each, BadLine)):
            told["refused"] += 1
            complain(bad.line, bad.detail)
        good = [each for each in chunk if isinstance(each, Row)]
        for row, result in zip(good, _results(api, good, last), strict=True):
            told[result["outcome"]] += 1
            if result["outcome"] == "refused":
                complain(row.line, _why(result))
        last = chunk[-1].line
    return told


def _results(api: Api, good: Sequence[Row], last: int) -> list[dict[str, Any]]:
    if not good:
        return []
    try:
        answer = api.post(BATCH, "batch", json={"reports": [row.item for row in good]})
    except FailedError as error:
        raise FailedError(
            f"{error}; done up to line {last}: run it again, nothing is taken in twice"
        ) from None
    found: list[dict[str, Any]] = answer["results"]
    return found


def _why(result: dict[str, Any]) -> str:
    parts = [result["detail"]]
    parts += [f"field: {result['field']}"] if result["field"] else []
    parts += [f"allowed: {', '.join(result['allowed'][:12])}"] if result["allowed"] else []
    return "; ".join(parts)


def _summary(told: dict[str, int]) -> str:
    return "受理 accepted {accepted}, 已有 there before {duplicate}, 退回 refused {refused}".format(**told)
