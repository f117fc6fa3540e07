"""A case's story as a table, in both languages."""

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.table import Table

from libs.casework.deadlines.vocabulary import Clock
from libs.casework.offices import Offices, parse_offices
from libs.casework.vocabulary import Stage
from libs.plumbing.data import read_yaml

ZONE = "Asia/Shanghai"
_ROLES = {
    "resident": "居民",
    "grid_worker": "网格员",
    "unit_worker": "处置单位",
    "checker": "核查员",
    "clerk": "受理员",
    "supervisor": "督办员",
    "auditor": "审计员",
    "administrator": "管理员",
    "system": "系统",
}
_SERVICES = {
    "intake": "受理",
    "triage": "分拨",
    "dispatch": "派遣",
    "closure": "结案",
    "records": "档案",
    "relay": "传送",
    "sla": "时限",
    "audit": "审计",
}

_SERVICE, _PUBLISHER = "service:", "publisher:"


def duration(micros: float) -> str:
    """A length of time as people say it: 12 ms, 3.4 s, 5 min 10 s, 2 h 5 min, 3 d 4 h."""
    seconds = micros / 1_000_000
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    for size, name, smaller, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            rest = int(seconds % size // smaller)
            return f"{int(seconds // size)} {name}" + (f" {rest} {small}" if rest else "")
    return ""


def service_name(service: str) -> str:
    """`派遣 dispatch`."""
    return f"{_SERVICES.get(service, '')} {service}".strip()


def stage_name(stage: str) -> str:
    """`已派遣 dispatched`."""
    return f"{Stage(stage).zh} {stage}"


def role_name(actor: dict[str, Any]) -> str:
    """Who acted in what role; a service that decided by rule has its own word, and nobody knows a resident's name."""
    role, who = actor["role"], actor.get("id") or ""
    if who.startswith(_SERVICE):
        return "规则 by rule"
    known = "" if role == "resident" else who.removeprefix(_PUBLISHER)
    return f"{_ROLES.get(role, '')} {role} {known}".strip()


def timeline(story: dict[str, Any], title: str | None = None, zone: str = ZONE) -> Table:
    """The story as `GET /records/v1/cases/{id}/log` tells it; a row for each event, on the office's clock."""
    title = title or f"案件 {story['number']} 办理过程 · case {story['number']} · {zone}"
    days = {local_time(entry["at"], zone)[:10] for entry in story["entries"]}
    one_day = days.pop() if len(days) == 1 else ""
    table = Table(title=f"{title} {one_day}".strip(), title_justify="left", box=SIMPLE_HEAD)
    for heading in ("#", "时间 time", "用时 after", "事项 event", "环节 stage", "服务 said by", "谁 who"):
        right = heading in ("#", "用时 after")
        whole = heading in ("时间 time", "用时 after")
        table.add_column(heading, justify="right" if right else "left", no_wrap=whole, overflow="fold")
    for entry in story["entries"]:
        table.add_row(*_row(entry, zone, one_day))
    return table


def _row(entry: dict[str, Any], zone: str, one_day: str) -> tuple[str, ...]:
    return (
        str(entry["seq"]),
        local_time(entry["at"], zone).removeprefix(one_day).strip(),
        "" if entry["seq"] == 1 else duration(entry["waited_us"]),
        _event(entry),
        stage_name(entry["stage"]),
        service_name(entry["said_by"]),
        role_name(entry["actor"]),
    )


def _event(entry: dict[str, Any]) -> str:
    """The event in both languages, and the clock that it is about: `超时 deadline breached · 签收时限 acceptance`; of a move to
    another policy version from which to which."""
    name, data = f"{entry['name']['zh']} {entry['name']['en']}", entry.get("data", {})
    if "to_version" in data:
        return f"{name} · {data['from_version']} → {data['to_version']}"
    clock, _, item = data.get("clock", "").partition(":")
    return f"{name} · {Clock(clock).zh} {clock} {item}".strip() if clock in set(Clock) else name


def local_time(instant: str, zone: str = ZONE) -> str:
    """Day and time on the office's clock: `2026-11-24 11:17:07`."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def zone_of(office: str) -> str:
    """The time zone of an office; the usual one when the data knows it no more."""
    found = _offices().get(office)
    return found.timezone if found else ZONE


@cache
def _offices() -> Offices:
    return parse_offices(read_yaml("offices.yaml"))
