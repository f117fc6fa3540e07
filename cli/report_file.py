"""A file of reports, JSON lines or CSV: each row as an item of the batch door, or what is wrong in which line.

A row without a `key` gets one of its content, so that the same file again, whole or half, is the same reports again; the
second of two rows that read alike counts as another report.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from typing import Any, NamedTuple

from libs.casework.categories import Catalogue
from libs.casework.fields import FieldKind

NUMBERS = frozenset({"place.lon", "place.lat"})
SWITCHES = frozenset({"seen_on_spot", "on_behalf", "contact.consent"})
LISTS = frozenset({"contact.consent_for"})
_YES, _NO = frozenset({"yes", "true", "1", "是"}), frozenset({"no", "false", "0", "否"})


class Row(NamedTuple):
    """One item with the line (from 1) in which it begins."""

    line: int
    item: dict[str, Any]


class BadLine(NamedTuple):
    """A line that is no report, and why."""

    line: int
    detail: str


def rows(text: str, as_csv: bool, catalogue: Catalogue) -> Iterator[Row | BadLine]:
    """Every row of the file, in order; empty lines are passed over."""
    seen: Counter[str] = Counter()
    for each in _csv_rows(text, catalogue) if as_csv else _json_rows(text):
        yield each if isinstance(each, BadLine) else _keyed(each, seen)


def _keyed(row: Row, seen: Counter[str]) -> Row:
    report = dict(row.item)
    if "key" in report:
        key = report.pop("key")
    else:
        digest = sha256(json.dumps(report, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
        seen[digest] += 1
        key = f"import:{digest}" + (f":{seen[digest]}" if seen[digest] > 1 else "")
    return Row(row.line, {"key": key, "report": report})


def _json_rows(text: str) -> Iterator[Row | BadLine]:
    # Not splitlines: that breaks at characters which may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            report = json.loads(line)
        except (ValueError, RecursionError) as error:
            detail = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            yield BadLine(number, f"no JSON: {detail}")
            continue
        yield Row(number, report) if isinstance(report, dict) else BadLine(number, "no JSON object")


def _csv_rows(text: str, catalogue: Catalogue) -> Iterator[Row | BadLine]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if header is None:
                header = [cell.strip() for cell in cells]
            elif any(cell.strip() for cell in cells):
                yield _csv_row(line, header, cells, catalogue)
            line = reader.line_num + 1
    except csv.Error as error:
        yield BadLine(line, f"no CSV from here on: {error}")


def _csv_row(line: int, header: list[str], cells: list[str], catalogue: Catalogue) -> Row | BadLine:
    if len(cells) != len(header):
        return BadLine(line, f"{len(cells)} cells under {len(header)} headings")
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name and cell.strip()}
    report: dict[str, Any] = {}
    for name, cell in given.items():
        value = _value(name, cell, given.get("category", ""), catalogue)
        if value is None:
            return BadLine(line, f"{name}: {_wanted(name)}")
        _put(report, name.split("."), value)
    return Row(line, report)


def _put(report: dict[str, Any], path: list[str], value: Any) -> None:
    *above, last = path
    for step in above:
        within = report.setdefault(step, {})
        report = within if isinstance(within, dict) else report
    report[last] = value


def _value(name: str, cell: str, category: str, catalogue: Catalogue) -> Any:
    kind = _kind_of_field(name, category, catalogue)
    if name in NUMBERS or kind is FieldKind.NUMBER:
        return _number(cell)
    if name in SWITCHES or kind is FieldKind.YES_NO:
        return True if cell.casefold() in _YES else False if cell.casefold() in _NO else None
    return cell.split() if name in LISTS else cell


def _kind_of_field(name: str, category: str, catalogue: Catalogue) -> FieldKind | None:
    subclass = catalogue.get(category)
    fields = subclass.fields if subclass and name.startswith("fields.") else ()
    return next((field.kind for field in fields if name == f"fields.{field.id}"), None)


def _number(cell: str) -> int | float | None:
    for read in (int, float):
        try:
            return read(cell)
        except ValueError:
            continue
    return None


def _wanted(name: str) -> str:
    return "yes or no (是, 否)" if name in SWITCHES else "a number, or for yes and no: yes, no, 是, 否"
