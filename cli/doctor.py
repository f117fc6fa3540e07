"""`banjie doctor`: whether this machine can run an installation, and how the one here stands."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from cli.console import out, say_json
from cli.home import DEFAULT_PORT, Home, find_folder
from cli.options import Data, Json
from cli.running import is_up, supervisor_of
from libs.plumbing.embedded.cache import default_cache, is_complete
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.doctor import Finding, examine
from libs.plumbing.embedded.pins import pinned
from libs.plumbing.embedded.ports import kept_ports


def doctor(data: Data = None, as_json: Json = False) -> None:
    """Look for what stands in the way. Exit code 1 when something does."""
    folder = find_folder(data)
    home = Home(DataDir(folder)) if (folder / "run").is_dir() else None
    state = _state(folder, home)
    # Our own servers may well hold our ports.
    ports = () if state["running"] else (home.http_port() if home else DEFAULT_PORT,)
    findings = examine(folder, ports)
    ok = all(finding.ok for finding in findings)
    told = {"ok": ok, "findings": [asdict(finding) for finding in findings]} | state
    say_json(told) if as_json else _show(findings, state)
    raise SystemExit(0 if ok else 1)


def _state(folder: Path, home: Home | None) -> dict[str, Any]:
    running = bool(home and supervisor_of(home))
    pins, cache = pinned(), default_cache()
    return {
        "data": str(folder),
        "running": running,
        "up": bool(running and home and is_up(home)),
        "ports": _ports(home) if home else {},
        "versions": {
            "python": sys.version.split()[0],
            "mongod": pins.mongodb.version,
            "kafka": pins.kafka_version,
            "java": pins.java.version,
        },
        "cache": {"folder": str(cache), "complete": is_complete(cache, pins)},
    }


def _ports(home: Home) -> dict[str, int]:
    file = home.data.run / "ports.json"
    return {"http": home.http_port()} | (kept_ports(file) if file.exists() else {})


def _show(findings: list[Finding], state: dict[str, Any]) -> None:
    table = Table("检查 check", "", "结果 result", "办法 remedy")
    for finding in findings:
        mark = "ok" if finding.ok else "✗"
        table.add_row(finding.name, mark, f"{finding.detail_en} {finding.detail_zh}", finding.remedy)
    out.print(table)
    out.print(" · ".join(f"{name} {version}" for name, version in state["versions"].items()))
    cache = (
        "complete: starts need no network" if state["cache"]["complete"] else "to be filled at first start"
    )
    out.print(f"cache {state['cache']['folder']}: {cache}")
    runs = "up" if state["up"] else "starting or ailing: banjie status" if state["running"] else "not running"
    ports = " · ".join(f"{name} {port}" for name, port in state["ports"].items())
    out.print(f"data {state['data']}: {runs}" + (f" · ports {ports}" if ports else ""))
