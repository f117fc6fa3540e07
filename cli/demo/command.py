"""`banjie demo`: start what does not run, tell the four stories, show how their cases went, and where to go now."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.console import FailedError, err, out, say_json
from cli.demo.begin import begin
from cli.demo.ending import for_machines, show_ending
from cli.demo.evening import Ending, tell_all
from cli.demo.http_door import Stuck
from cli.demo.script import Script, read_script
from cli.demo.teller import Aloud, Told
from cli.home import Home, find_folder
from cli.options import Data, Json, Port
from cli.running import url_of

PATIENCE_S = 60.0


def demo(
    data: Data = None,
    port: Port = None,
    patience: Annotated[float, typer.Option(min=1, help="seconds that a step may take")] = PATIENCE_S,
    as_json: Json = False,
) -> None:
    """Start everything and tell four stories from report to closure. Exit code 1 when one comes to no end."""
    began, script, folder = time.monotonic(), read_script(), find_folder(data)
    teller = Told() if as_json else Aloud()
    home, ready_s = asyncio.run(_ready(folder, port, script))
    if not as_json:
        out.print(f"[bold]Banjie 办结[/] · {url_of(home)} · 就绪 ready after {ready_s:.1f} s")
    endings = asyncio.run(_told(home, script, teller, patience))
    took = {"ready_s": round(ready_s, 1), "done_s": round(time.monotonic() - began, 1)}
    if as_json:
        say_json(took | for_machines(home, endings, teller.lines))
    else:
        show_ending(home, endings, data)
        out.print(f"done after {took['done_s']} s; everything goes on running 全部保持运行")
    stuck = [ending.stuck for ending in endings if ending.stuck]
    if stuck:
        raise FailedError(" | ".join(stuck))


async def _ready(folder: Path, port: int | None, script: Script) -> tuple[Home, float]:
    began = time.monotonic()
    with err.status("正在启动 starting MongoDB, Kafka and all services"):
        home = await begin(folder, port, script)
    return home, time.monotonic() - began


async def _told(home: Home, script: Script, teller: Told, patience_s: float) -> list[Ending]:
    try:
        return await tell_all(home, script, teller, patience_s)
    except Stuck as stuck:
        raise FailedError(f"the doors do not open: {stuck}") from None
