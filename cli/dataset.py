"""`banjie data`: is a folder of reviewed data right, and what would change with it for whom."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from cli.console import FailedError, UsageError, out, say_json
from cli.options import Json
from libs.casework.categories import parse_catalogue
from libs.casework.dataset import (
    CATEGORIES,
    OFFICES,
    PLACES,
    REASONS,
    UNITS,
    Changed,
    Dataset,
    Finding,
    changes,
    findings,
    shifts,
)
from libs.casework.offices import parse_offices
from libs.casework.places import parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.units import parse_units
from libs.plumbing.data import DataUnreadable, data_folder, line_of, parsed

T = TypeVar("T")
app = typer.Typer(help="check, diff: the reviewed data, before it is put in force.")
Folder = Annotated[Path | None, typer.Argument(help="a folder of data files; without it the one in force")]


@app.command()
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Every file by itself, then each against the others; what is wrong is told with its file and line."""
    where = _folder(folder)
    found = findings(_dataset(where))
    wrong = [one for one in found if not one.harmless]
    lines = [_placed(where, one) for one in found]
    if as_json:
        say_json({"findings": lines})
    for line in lines if not as_json else ():
        note = " (told only)" if line["harmless"] else ""
        out.print(f"{line['file']}, line {line['line']}: {line['detail']}{note}", soft_wrap=True)
    if wrong:
        raise FailedError(f"{where}: {len(wrong)} things do not fit; the lines above say which")
    if not as_json:
        out.print(f"{where}: all files agree 数据一致")


@app.command()
def diff(
    new: Annotated[Path, typer.Argument(help="the folder that would come into force")],
    old: Annotated[Path | None, typer.Option(help="instead of the folder in force")] = None,
    as_json: Json = False,
) -> None:
    """What changes, row by row, and for which units the responsibilities change."""
    before, after = _dataset(_folder(old)), _dataset(_folder(new))
    rows, moved = changes(before, after), shifts(before, after)
    if as_json:
        say_json({"rows": [row._asdict() for row in rows], "units": [each._asdict() for each in moved]})
        return
    for row in rows:
        out.print(_told(row), soft_wrap=True, markup=False)
    for each in moved:
        gains, loses = (" ".join(part) or "–" for part in (each.gains, each.loses))
        out.print(f"unit {each.unit} ({each.duty}): gains {gains}; loses {loses}", soft_wrap=True)
    if not rows:
        out.print("nothing changes 无变化")


def _told(row: Changed) -> str:
    if row.was is None:
        return f"+ {row.file} {row.row}"
    if row.becomes is None:
        return f"- {row.file} {row.row}"
    parts = [f"{name}: {value!r} → {row.becomes[name]!r}" for name, value in row.was.items()]
    return f"~ {row.file} {row.row}: {'; '.join(parts)}"


def _folder(given: Path | None) -> Path:
    where = given or data_folder()
    if not where.is_dir():
        raise UsageError(f"there is no folder {where}")
    return where


def _dataset(where: Path) -> Dataset:
    def read(name: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
        try:
            return parsed(_text(where, name), name, parse)
        except DataUnreadable as error:
            raise FailedError(str(error)) from None
        except KeyError as error:
            raise FailedError(f"{name}: the field {error} is missing") from None

    return Dataset(
        read(CATEGORIES, parse_catalogue),
        read(UNITS, parse_units),
        read(PLACES, parse_places),
        read(OFFICES, parse_offices),
        read(REASONS, parse_reasons),
    )


def _text(where: Path, name: str) -> str:
    try:
        return (where / name).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {where / name}: {error.strerror}") from None


def _placed(where: Path, found: Finding) -> dict[str, Any]:
    line = line_of(_text(where, found.file), found.path)
    return {"file": found.file, "line": line, "detail": found.detail, "harmless": found.harmless}
