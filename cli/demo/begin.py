"""Before the first story: everything runs, and the systems of the stories are known before anybody listens for them."""

import asyncio
import time
from pathlib import Path

from cli.console import FailedError, UsageError
from cli.demo.cast import let_in
from cli.demo.script import Script
from cli.home import Home
from cli.running import UP_WITHIN_S, is_up, start_behind, supervisor_of, url_of
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.status import read_status

LOOK_AGAIN_S = 0.1


async def begin(folder: Path, port: int | None, script: Script) -> Home:
    """The installation on `folder`, started if it does not run, with the systems let in."""
    home = Home(DataDir(folder))
    if supervisor_of(home):
        _same_port(home, port)
        await _up(home)
        await asyncio.to_thread(let_in, home, script)
    else:
        await _started(home, port, script)
    return home


async def _started(home: Home, port: int | None, script: Script) -> None:
    # What an earlier run left behind would look as if the servers were up.
    home.data.status.unlink(missing_ok=True)
    starting = asyncio.create_task(asyncio.to_thread(start_behind, home.data.root, port))
    while not (starting.done() or _servers_are_up(home)):
        await asyncio.wait({starting}, timeout=LOOK_AGAIN_S)
    if not starting.done():
        # While the workers are still loading: they find the doors at once, instead of starting again for them.
        await asyncio.to_thread(let_in, home, script)
    await starting


async def _up(home: Home) -> None:
    """Somebody may have started it a moment ago."""
    end = time.monotonic() + UP_WITHIN_S
    while not is_up(home):
        if time.monotonic() > end:
            raise FailedError(f"not up on {home.data.root}; see: banjie status")
        await asyncio.sleep(LOOK_AGAIN_S)


def _servers_are_up(home: Home) -> bool:
    parts = (read_status(home.data.status) or {"parts": {}})["parts"]
    return bool(parts) and all(parts[name]["state"] == "up" for name in ("mongod", "kafka"))


def _same_port(home: Home, port: int | None) -> None:
    if port and port != home.http_port():
        raise UsageError(f"it runs at {url_of(home)} already; say no other --port, or first: banjie down")
