"""`banjie up`, `down`, `status`: the embedded installation, in the foreground or behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.table import Table

from cli.console import FailedError, UsageError, out, say_json
from cli.embedded import parts_of
from cli.home import DEFAULT_PORT, Home, find_folder
from cli.provision_mongo import take_first_key
from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.locks import sole_lock
from libs.plumbing.embedded.ports import is_free
from libs.plumbing.embedded.stack import choose_endpoints
from libs.plumbing.embedded.status import read_status
from libs.plumbing.embedded.supervisor import supervise
from libs.plumbing.logs import set_up_logs

Data = Annotated[Path | None, typer.Option("--data", help="data folder (default: nearest .banjie)")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="HTTP port (8311)")]
Json = Annotated[bool, typer.Option("--json", help="for machines")]
UP_WITHIN_S = 180.0
DOWN_WITHIN_S = 12.0
log = structlog.get_logger("banjie")


def up(
    data: Data = None,
    port: Port = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="leave it running behind")] = False,
) -> None:
    """Start MongoDB, Kafka and all services, and keep them running."""
    folder = find_folder(data)
    if detach:
        start_behind(folder, port)
        _welcome(Home(DataDir(folder)))
        return
    set_up_logs("supervisor")
    raise SystemExit(_supervise(folder, port))


def _supervise(folder: Path, port: int | None) -> int:
    servers = ensure_servers(default_cache())
    home = Home(DataDir(folder))
    chosen = port or home.http_port()
    if not is_free(chosen):
        raise FailedError(f"port {chosen} is taken; say --port N, or stop what listens there")
    home.keep_http_port(chosen)
    parts = parts_of(home, servers, choose_endpoints(home.data), chosen)
    return supervise(parts, home.data)


def start_behind(folder: Path, port: int | None = None) -> None:
    """Start the supervisor in the background and wait until everything is up. Raises `FailedError`."""
    home = Home(DataDir(folder))
    if supervisor_of(home):
        return
    ensure_servers(default_cache())
    arguments = ["up", "--data", str(folder), *(["--port", str(port)] if port else [])]
    with (home.data.logs / "supervisor.log").open("ab") as log_file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=log_file,
            start_new_session=True,
        )
    _wait_up(home, process)


def _wait_up(home: Home, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise FailedError(f"did not start: {_last_line(home.data.logs / 'supervisor.log')}")
        if is_up(home, process.pid):
            return
        time.sleep(0.1)
    raise FailedError(f"not up after {UP_WITHIN_S:g} s; logs: {home.data.logs}")


def is_up(home: Home, supervisor: int | None = None) -> bool:
    """Whether every part is up, under that supervisor."""
    status = read_status(home.data.status)
    if status is None or (supervisor and status["supervisor"] != supervisor):
        return False
    return all(part["state"] == "up" for part in status["parts"].values())


def supervisor_of(home: Home) -> int | None:
    """The pid of the supervisor that holds the folder now."""
    lock = home.data.run / "lock"
    try:
        with sole_lock(lock, "held"):
            return None
    except Exception:
        return int(lock.read_text().strip() or 0) or None


def down(data: Data = None) -> None:
    """Stop everything, within ten seconds."""
    home = existing_home(data)
    pid = supervisor_of(home)
    if pid is None:
        out.print("not running")
        return
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    while supervisor_of(home) == pid:
        if time.monotonic() - began > DOWN_WITHIN_S:
            raise FailedError(f"supervisor {pid} did not stop within {DOWN_WITHIN_S:g} s")
        time.sleep(0.05)
    out.print(f"stopped after {time.monotonic() - began:.1f} s")


def existing_home(data: Path | None) -> Home:
    """The installation in the data folder; `UsageError` when there is none."""
    folder = find_folder(data)
    if not (folder / "run").is_dir():
        raise UsageError(f"no installation at {folder}; start one with: banjie up")
    return Home(DataDir(folder))


def running_home(data: Path | None) -> Home:
    """The installation, which must be running; else `FailedError`."""
    home = existing_home(data)
    if supervisor_of(home) is None:
        raise FailedError(f"not running on {home.data.root}; start it with: banjie up --detach")
    return home


def status(data: Data = None, as_json: Json = False) -> None:
    """What runs, since when, how often restarted. Exit code 1 when something is not up."""
    home = existing_home(data)
    running = supervisor_of(home)
    found: dict[str, Any] = (read_status(home.data.status) if running else None) or {"parts": {}}
    found |= {"supervisor": running, "url": url_of(home), "data": str(home.data.root)}
    found["ok"] = bool(running) and is_up(home)
    say_json(found) if as_json else _show(found)
    raise SystemExit(0 if found["ok"] else 1)


def url_of(home: Home) -> str:
    """Where people and systems reach it."""
    return f"http://127.0.0.1:{home.http_port() if home.has_run() else DEFAULT_PORT}"


def _show(found: dict[str, Any]) -> None:
    table = Table(title=f"Banjie 办结 · {found['url']} · {found['data']}")
    for heading in ("part", "state", "pid", "restarts", "last exit"):
        table.add_column(heading)
    for name, part in found["parts"].items():
        cells = (part[each] for each in ("state", "pid", "restarts", "last_exit"))
        table.add_row(name, *("" if cell is None else str(cell) for cell in cells))
    out.print(table if found["supervisor"] else "not running")


def _welcome(home: Home) -> None:
    out.print(f"Banjie 办结 is up: {url_of(home)}")
    out.print(f"logs: {home.data.logs}   stop: banjie down --data {home.data.root}")
    token = take_first_key(home)
    if token:
        out.print("first administrator's key, shown once 首个管理员密钥(仅显示一次):")
        out.print(token, soft_wrap=True)


def _last_line(file: Path) -> str:
    lines = file.read_text("utf-8", "replace").strip().splitlines() if file.exists() else []
    return lines[-1] if lines else "no word in the log"
