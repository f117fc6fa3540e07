"""`banjie sla board`: what is near due, behind, overdue, as a table that follows the time, or once, or for machines."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.console import FailedError, named, out
from cli.timeline import duration, local_time, zone_of

COLOURS = {"red": "超时 overdue", "yellow": "滞后 behind", "blue": "临期 near due"}
"""Each colour has its words beside it: not everybody sees the difference."""
STYLES = {"red": "bold white on red", "yellow": "black on yellow", "blue": "bold white on blue"}
_HEADINGS = (
    "",
    "案件 case",
    "时限 clock",
    "级别 level",
    "届满 due",
    "余 left",
    "责任 with",
    "网格 grid",
    "类别 category",
)
_NARROW = frozenset({"案件 case", "届满 due", "余 left"})
MOST_GROUPS = 8

Fetch = Callable[[], dict[str, Any]]


def follow(fetch: Fetch, every_s: float, console: Console = out) -> None:
    """Show the board anew every so many seconds, until it is interrupted: that is how one leaves it.

    What was there first has to be there; later it says when nothing answers, and goes on trying.
    """
    try:
        board = shown(fetch())
        with Live(board, console=console, screen=console.is_terminal, auto_refresh=False) as live:
            live.refresh()
            while True:
                time.sleep(every_s)
                board, trouble = _again(fetch, board)
                live.update(Group(trouble, board) if trouble else board, refresh=True)
    except KeyboardInterrupt:
        return


def _again(fetch: Fetch, last: Group) -> tuple[Group, Text | None]:
    try:
        return shown(fetch()), None
    except FailedError as error:
        return last, Text(f"未更新 not up to date: {error}", style="bold red")


def shown(page: dict[str, Any]) -> Group:
    """The counts, then the clocks, what is due first at the top."""
    counts = page["counts"]
    groups = (("责任 with", counts["units"]), ("网格 grid", counts["grids"]))
    return Group(
        Text.assemble(f"时限看板 board · {_now(page)}  ", *_total(counts)),
        *(_groups(title, found) for title, found in groups if found),
        _clocks(page),
    )


def _total(counts: dict[str, Any] | None) -> list[Text]:
    total = counts["total"] if counts else dict.fromkeys(COLOURS, 0)
    parts: list[Text] = []
    for colour in COLOURS:
        parts += [_badge(colour), Text(f" {total[colour]}   ")]
    return parts


def _groups(title: str, counts: list[dict[str, Any]]) -> Table:
    table = Table(title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(title)
    for words in COLOURS.values():
        table.add_column(words, justify="right")
    for one in counts[:MOST_GROUPS]:
        table.add_row(named(one["name"], one["code"] or "–"), *(str(one[colour]) for colour in COLOURS))
    left = len(counts) - MOST_GROUPS
    if left > 0:
        table.caption = f"另有 {left} 项 and {left} more"
    return table


def _clocks(page: dict[str, Any]) -> Table:
    more = "更多 more: --limit" if page["after"] else None
    table = Table(box=SIMPLE_HEAD, pad_edge=False, caption=more)
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=heading in _NARROW or not heading, overflow="fold")
    for clock in page["clocks"]:
        table.add_row(*_row(clock, page["as_of"]))
    if not page["clocks"]:
        table.add_row("", "无 nothing")
    return table


def _row(clock: dict[str, Any], as_of: str) -> tuple[Text | str, ...]:
    _, _, item = clock["clock"].partition(":")
    return (
        _badge(clock["colour"]),
        clock["number"],
        f"{named(clock['name'])} {item}".strip(),
        named(clock["level_name"], clock["level"]),
        local_time(clock["due"], zone_of(clock["office"])),
        _left(clock["due"], as_of),
        named(clock["unit_name"], clock["unit"]),
        named(clock["grid_name"], clock["grid"] or ""),
        named(clock["category_name"], clock["category"] or ""),
    )


def _badge(colour: str) -> Text:
    return Text(f" {COLOURS[colour]} ", style=STYLES[colour])


def _left(due: str, as_of: str) -> str:
    """Time on the wall, not working time: `-2 h 5 min` when it is over."""
    left = (_instant(due) - _instant(as_of)).total_seconds() * 1_000_000
    return duration(left) if left >= 0 else f"-{duration(-left)}"


def _now(page: dict[str, Any]) -> str:
    zones = {zone_of(clock["office"]) for clock in page["clocks"]} or {zone_of("")}
    zone = min(zones)
    return f"{local_time(page['as_of'], zone)} {zone}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
