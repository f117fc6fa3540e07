"""`banjie stats`: how long cases take, by unit and by category."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.console import out, say_json
from cli.names import known_office
from cli.operator import operator_api
from cli.options import Data, Json, Office
from cli.timeline import duration, stage_name

When = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])]
SECOND = 1_000_000


def stats(
    closed_from: When = None,
    closed_before: When = None,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Median and 90th percentile from report to closing, by unit and category; how many stand at each stage."""
    found = operator_api(data).get(
        "/records/v1/stats",
        office=office and known_office(office),
        closed_from=_instant(closed_from),
        closed_before=_instant(closed_before),
    )
    say_json(found) if as_json else _show(found)


def _instant(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone().isoformat()


def _show(found: dict[str, Any]) -> None:
    total = [found["total"]] if found["total"] else []
    for title, rows in (
        ("办结时长 closing times", total),
        ("按主办单位 by unit", found["by_unit"]),
        ("按类别 by category", found["by_category"]),
    ):
        if rows:
            out.print(_times(title, rows))
    stages = [f"{stage_name(stage)} {count}" for stage, count in found["stages"].items() if count]
    out.print(f"各环节案件 cases by stage: {' · '.join(stages) or 'none 无'}")


def _times(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", "办结 closed", "中位 median", "九成 p90"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        name = f"{row['name']['zh']} {row['name']['en']}" if row["name"] else row["code"] or "全部 all"
        times = (duration(row[one] * SECOND) for one in ("median_s", "p90_s"))
        table.add_row(name, str(row["closed"]), *times)
    return table
