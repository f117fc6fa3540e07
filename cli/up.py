"""`banjie up` and `down`: the embedded installation, in the foreground or behind."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import FailedError, out, say_json
from cli.embedded import parts_of
from cli.home import Home, find_folder
from cli.options import Data, Json, Port
from cli.provision_mongo import take_first_key
from cli.running import existing_home, gone, start_behind, supervisor_of, url_of
from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.ports import is_free
from libs.plumbing.embedded.stack import choose_endpoints
from libs.plumbing.embedded.status import read_status
from libs.plumbing.embedded.supervisor import supervise
from libs.plumbing.logs import set_up_logs

DOWN_WITHIN_S = 12.0


def up(
    data: Data = None,
    port: Port = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="leave it running behind")] = False,
    behind: Annotated[bool, typer.Option("--behind", hidden=True)] = False,
) -> None:
    """Start MongoDB, Kafka and all services, and keep them running."""
    folder = find_folder(data)
    if not detach:
        set_up_logs("supervisor")
        raise SystemExit(_supervise(folder, port, behind))
    start_behind(folder, port)
    welcome(Home(DataDir(folder)))


def _supervise(folder: Path, port: int | None, behind: bool) -> int:
    servers = ensure_servers(default_cache())
    home = Home(DataDir(folder))
    holder = supervisor_of(home)
    if holder:
        raise FailedError(f"already running on {folder} (pid {holder}); see: banjie status")
    chosen = port or home.http_port()
    if not is_free(chosen):
        raise FailedError(f"port {chosen} is taken; say --port N, or stop what listens there")
    home.keep_http_port(chosen)
    parts = parts_of(home, servers, choose_endpoints(home.data), chosen)
    # Behind, standard output is a log file: the key would stay in it.
    return supervise(parts, home.data, when_up=None if behind else lambda: welcome(home))


def down(data: Data = None, as_json: Json = False) -> None:
    """Stop everything, within ten seconds."""
    home = existing_home(data)
    pid, began = supervisor_of(home), time.monotonic()
    if pid is not None:
        _stop(home, pid)
    took = round(time.monotonic() - began, 1)
    line = f"stopped after {took} s" if pid else "not running"
    say_json({"stopped": bool(pid), "after_s": took}) if as_json else out.print(line)


def _stop(home: Home, supervisor: int) -> None:
    pids = [supervisor, *_pids(read_status(home.data.status) or {"parts": {}})]
    os.kill(supervisor, signal.SIGTERM)
    end = time.monotonic() + DOWN_WITHIN_S
    while not all(gone(pid) for pid in pids):
        if time.monotonic() > end:
            left = [pid for pid in pids if not gone(pid)]
            raise FailedError(f"still running after {DOWN_WITHIN_S:g} s: processes {left}")
        time.sleep(0.05)


def _pids(status: dict[str, Any]) -> list[int]:
    return [part["pid"] for part in status["parts"].values() if part["pid"]]


def welcome(home: Home) -> None:
    """Where it is, where its logs are, how to stop it; the first administrator's key, once."""
    folder = home.data.root
    out.print(f"Banjie 办结 is up: {url_of(home)}")
    out.print(f"logs: {home.data.logs}   stop: banjie down --data {folder}", soft_wrap=True)
    token = take_first_key(home)
    if token:
        out.print("first administrator's key, shown once 首个管理员密钥(仅显示一次):")
        out.print(token, soft_wrap=True)
