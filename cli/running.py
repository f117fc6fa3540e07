"""What runs on a data folder: whether, under which supervisor, where it answers, and how it is started behind."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from cli.console import FailedError, UsageError
from cli.home import DEFAULT_PORT, Home, find_folder
from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.locks import sole_lock
from libs.plumbing.embedded.ports import kept_ports
from libs.plumbing.embedded.status import read_status

UP_WITHIN_S = 180.0


def supervisor_of(home: Home) -> int | None:
    """The pid of the supervisor that holds the folder now."""
    lock = home.data.run / "lock"
    try:
        with sole_lock(lock, "held"):
            return None
    except EmbeddedError:
        return int(lock.read_text().strip() or 0) or None


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


def url_of(home: Home) -> str:
    """Where people and systems reach it."""
    return f"http://127.0.0.1:{home.http_port() if home.has_run() else DEFAULT_PORT}"


def is_up(home: Home, supervisor: int | None = None) -> bool:
    """Whether every part is up, under that supervisor."""
    status = read_status(home.data.status)
    if status is None or (supervisor and status["supervisor"] != supervisor):
        return False
    return all(part["state"] == "up" for part in status["parts"].values())


def state_of(home: Home) -> dict[str, Any]:
    """Parts with pid, state, restarts, port and what they say of themselves; `ok` when all is well."""
    running = supervisor_of(home)
    found: dict[str, Any] = (read_status(home.data.status) if running else None) or {"parts": {}}
    ports = _ports(home) if running else {}
    for name, part in found["parts"].items():
        part["port"] = ports.get(name)
        part["says"] = (
            _says(part["port"]) if name not in ("mongod", "kafka") and part["state"] == "up" else None
        )
    found |= {"supervisor": running, "url": url_of(home), "data": str(home.data.root)}
    return found | {"ok": bool(running) and is_up(home, running)}


def _ports(home: Home) -> dict[str, int]:
    servers, workers = (kept_ports(home.data.run / name) for name in ("ports.json", "worker-ports.json"))
    return servers | workers | {"gateway": home.http_port()}


def _says(port: int) -> str:
    """What the part answers when asked whether it can do its job: its lag, or what is missing."""
    try:
        checks = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=3).json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError):
        return "no answer"
    bad = [f"{name}: {check['detail']}" for name, check in checks.items() if not check["ok"]]
    return "; ".join(bad or dict.fromkeys(check["detail"] or "ready" for check in checks.values()))


def start_behind(folder: Path, port: int | None = None) -> None:
    """Start the supervisor in the background and wait until everything is up. Raises `FailedError`."""
    home = Home(DataDir(folder))
    if supervisor_of(home):
        return
    ensure_servers(default_cache())
    arguments = ["up", "--behind", "--data", str(folder), *(["--port", str(port)] if port else [])]
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
            raise FailedError(_last_line(home.data.logs / "supervisor.log").removeprefix("banjie: "))
        if is_up(home, process.pid):
            return
        time.sleep(0.1)
    raise FailedError(f"not up after {UP_WITHIN_S:g} s; it goes on trying; logs: {home.data.logs}")


def _last_line(file: Path) -> str:
    lines = file.read_text("utf-8", "replace").strip().splitlines() if file.exists() else []
    said = [line for line in lines if line.startswith("banjie: ")]
    return (said or lines or ["no word in the log"])[-1]


def gone(pid: int) -> bool:
    """Whether no process has this pid."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
