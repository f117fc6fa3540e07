"""After the last story: how the main cases went, in both languages, and where to go now."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.panel import Panel
from rich.table import Table

from cli.catalog import WITH_API
from cli.console import out
from cli.demo.evening import Ending
from cli.demo.teller import width
from cli.home import Home
from cli.provision_mongo import take_first_key
from cli.running import url_of
from cli.timeline import duration, stage_name, timeline

FIRST = "intake"
COMMANDS = (
    ("status", "运行状态", "what runs"),
    ("case list", "案件列表", "all cases"),
    ("case log {number}", "办理过程", "one case's story"),
    ("rejected list", "退回的消息", "what was refused, and why"),
    ("stats", "办结用时", "closing times by unit and category"),
    ("verify", "核验案卷", "check every chain of the log"),
    ("down", "停止", "stop everything"),
)


def show_ending(home: Home, endings: Sequence[Ending], data: Path | None) -> None:
    """Timelines of the main cases, then where to go."""
    out.print()
    for ending in endings:
        if not ending.stuck:
            out.print(_timeline(ending), width=width())
            out.print(_stages(ending.logs[ending.story.main]), style="dim", width=width())
            out.print()
    numbers = [log["number"] for ending in endings for log in ending.logs.values()]
    out.print(Panel(_where_to_go(home, numbers, data), title="接下来 where to go now", width=width()))
    _show_first_key(home)


def for_machines(home: Home, endings: Sequence[Ending], lines: Sequence[dict[str, object]]) -> dict[str, Any]:
    """The same as data: every line that was told, every case's log."""
    return {
        "url": url_of(home),
        "data": str(home.data.root),
        "ok": not any(ending.stuck for ending in endings),
        "stories": [_plain(ending, lines) for ending in endings],
    }


def _plain(ending: Ending, lines: Sequence[dict[str, object]]) -> dict[str, Any]:
    story = ending.story
    return {
        "story": story.number,
        "zh": story.zh,
        "en": story.en,
        "stuck": ending.stuck,
        "main": story.main,
        "cases": ending.cases,
        "timelines": ending.logs,
        "steps": [line for line in lines if line["story"] == story.number],
    }


def _timeline(ending: Ending) -> Table:
    story, log = ending.story, ending.logs[ending.story.main]
    more = f" (1/{len(ending.logs)})" if len(ending.logs) > 1 else ""
    return timeline(log, f"{story.title} · {log['number']}{more} · Asia/Shanghai")


def _stages(log: dict[str, Any]) -> str:
    stays = [each for each in log["stages"] if each["took_us"] is not None]
    total = sum(each["took_us"] for each in stays)
    pairs = (f"{stage_name(each['stage'])} {duration(each['took_us'])}" for each in stays)
    each_stage = " · ".join(pair.replace(" ", "\u00a0") for pair in pairs)
    return f"各环节用时 at each stage: {each_stage} · 合计 from report to closure: {duration(total)}"


def _where_to_go(home: Home, numbers: Sequence[str], data: Path | None) -> Table:
    url, first = url_of(home), numbers[0] if numbers else "NUMBER"
    table = Table.grid(padding=(0, 2))
    for name, value in _exports(data).items():
        table.add_row(f"export {name}={value}", "[dim]以后的命令用 for the commands below[/]")
    for command, zh, en in COMMANDS:
        table.add_row(f"banjie {command.format(number=first)}", f"[dim]{zh} {en}[/]")
    table.add_row()
    table.add_row(f"{url}/records/v1/cases", "[dim]案件接口 cases; with a key: banjie key create --help[/]")
    table.add_row(f"{url}/records/v1/lifecycle", "[dim]流程表 the lifecycle table[/]")
    others = ", ".join(name for name in WITH_API if name != FIRST)
    table.add_row(f"{url}/{FIRST}/openapi.json", f"[dim]接口说明 OpenAPI; so too {others}[/]")
    table.add_row(f"{url}/", "[dim]首页 first page[/]")
    return table


def _exports(data: Path | None) -> dict[str, str]:
    """What a shell needs before it knows the command, and the folder if it is not the usual one."""
    path = {} if shutil.which("banjie") else {"PATH": f"{Path(sys.executable).parent}:$PATH"}
    return path | ({"BANJIE_DATA": str(data.absolute())} if data else {})


def _show_first_key(home: Home) -> None:
    token = take_first_key(home)
    if token:
        out.print("first administrator's key, shown once 首个管理员密钥(仅显示一次):")
        out.print(token, soft_wrap=True)
