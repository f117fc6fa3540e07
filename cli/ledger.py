"""`banjie sla suspended`: the ledger of cases that wait, those first that should have been looked at."""

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from cli.console import named
from cli.timeline import local_time, zone_of

_HEADINGS = (
    "复查 review",
    "案件 case",
    "主办 lead",
    "原因 why",
    "批准 approved by",
    "自 since",
    "网格 grid",
    "类别 category",
)


def ledger(page: dict[str, Any]) -> Table:
    """A row for each case. What is overdue says so in words, and in red."""
    over = sum(case["overdue"] for case in page["cases"])
    more = f"更多 more: --after {page['after']}" if page["after"] else None
    title = f"挂账台账 suspended · 逾期未复查 reviews overdue: {over}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, caption=more)
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=heading in ("复查 review", "案件 case"), overflow="fold")
    for case in page["cases"]:
        table.add_row(*_row(case))
    return table


def _row(case: dict[str, Any]) -> tuple[Text | str, ...]:
    zone = zone_of(case["office"])
    day = local_time(case["review"], zone)[:16] if case["review"] else "–"
    return (
        Text(f"{day} 逾期 overdue", style="bold red") if case["overdue"] else day,
        case["number"],
        named(case["unit_name"], case["unit"]),
        named(case["reason_name"], case["reason"]),
        case["approver"],
        local_time(case["since"], zone)[:16],
        named(case["grid_name"], case["grid"]),
        named(case["category_name"], case["category"]),
    )
