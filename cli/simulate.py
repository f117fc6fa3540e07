"""`banjie sla simulate`: what a period would have looked like under another policy. Reads the case logs, touches nothing."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from cli.console import UsageError, out, progress, say_json
from cli.limits import Meant, calendars, in_data, meant
from cli.names import Names, known_account, known_category, known_office
from cli.operator import where
from cli.options import Data, Json, Office
from cli.policies import Category, Policy, Version
from cli.site import site
from cli.timeline import zone_of
from libs.casestore.period import Answer, Cases, ask, count_cases_of
from libs.casestore.processes import Where as Reach
from libs.casework.calendar.instants import InstantError, parse_instant
from libs.casework.calendar.spec import UnknownYear
from libs.casework.calendar.zones import local, midnight
from libs.casework.deadlines.simulating import Period, Simulation, What
from libs.casework.deadlines.vocabulary import Clock
from libs.plumbing.clock import now_us

FIGURES = ("due", "breached", "untold")


def simulate(
    policy: Policy,
    begins: Annotated[
        str, typer.Option("--from", metavar="DAY", help="2026-11-01, from its beginning; or an instant")
    ],
    ends: Annotated[str, typer.Option("--to", metavar="DAY", help="2026-11-30, to its end; or an instant")],
    version: Version = None,
    unit: Annotated[
        str | None, typer.Option(help="only what ran on this unit's account; office and checker are ones too")
    ] = None,
    category: Category = None,
    office: Office = None,
    workers: Annotated[int | None, typer.Option(min=1, max=61, help="processes")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Breaches by unit and category of a period, as it was and as it would have been under another policy."""
    wanted = meant(policy, version)
    chosen = {
        "office": office and known_office(office),
        "unit": known_account(unit),
        "category": known_category(category),
    }
    zone = ZoneInfo(zone_of(office or ""))
    period = _period(begins, ends, zone)
    simulation = Simulation(in_data(), wanted.policies.alone(wanted.version), calendars(), period)
    _tables_reach(simulation, zone, chosen["office"])
    answer = _asked(where(site(data)), simulation, chosen["office"], workers or os.cpu_count() or 1)
    found = _told(answer, simulation, wanted, zone, chosen)
    say_json(found) if as_json else _show(found)


def _period(begins: str, ends: str, zone: ZoneInfo) -> Period:
    """Up to now, where it goes on."""
    begin, end = _instant("--from", begins, zone, 0), _instant("--to", ends, zone, 1)
    if begin >= end:
        raise UsageError(f"--from {begins} comes after --to {ends}")
    now = now_us()
    if begin >= now:
        raise UsageError(f"--from {begins} lies ahead: nothing has happened since")
    return Period(begin, min(end, now))


def _instant(option: str, text: str, zone: ZoneInfo, later: int) -> int:
    """A day alone is its beginning (`later` 0) or its end (1)."""
    try:
        if ":" in text:
            return parse_instant(text, zone)
        return midnight(date.fromisoformat(text.strip()) + timedelta(later), zone)
    except InstantError as error:
        raise UsageError(f"{option}: {error}") from None
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: {text!r} is no day: write 2026-11-30, or an instant") from None


def _tables_reach(simulation: Simulation, zone: ZoneInfo, office: str | None) -> None:
    """Every year of the period has a table in the calendars that its offices go by; else it is named."""
    first, last = (local(at, zone).year for at in simulation.period)
    used = {names[0] for code, names in simulation.calendars.offices.items() if office in (None, code)}
    try:
        for name in sorted(used):
            for year in range(first, last + 1):
                simulation.calendars.get(name).spec.table(year)
    except UnknownYear as error:
        raise UsageError(str(error)) from None


def _asked(reach: Reach, simulation: Simulation, office: str | None, workers: int) -> Answer:
    cases = Cases(*simulation.period, office)
    with progress("simulate 推演", count_cases_of(reach, cases)) as advance:
        return ask(reach, cases, simulation, workers, advance)


def _told(
    answer: Answer, simulation: Simulation, wanted: Meant, zone: ZoneInfo, chosen: dict[str, str | None]
) -> dict[str, Any]:
    rows = _rows(answer.counted, chosen)
    begin, end = (local(at, zone).isoformat() for at in simulation.period)
    return {
        "version": wanted.version,
        "from": begin,
        "to": end,
        "cases": answer.cases,
        "unreadable": answer.unreadable,
        "total": _sum(rows),
        "rows": rows,
    }


def _rows(counted: Counter[Any], chosen: dict[str, str | None]) -> list[dict[str, Any]]:
    kept = {
        place
        for place, _ in counted
        if chosen["unit"] in (None, place.unit) and chosen["category"] in (None, place.category)
    }
    return [
        place._asdict()
        | {
            side: {figure: counted[place, What(figure, after)] for figure in FIGURES}
            for side, after in (("before", False), ("after", True))
        }
        for place in sorted(kept)
    ]


def _sum(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    return {
        side: {figure: sum(row[side][figure] for row in rows) for figure in FIGURES}
        for side in ("before", "after")
    }


def _show(found: dict[str, Any]) -> None:
    out.print(f"{found['from'][:16]} – {found['to'][:16]} · {found['cases']} cases 件 · {found['version']}")
    names = Names()
    for title, head, name in (
        ("按责任单位 by unit", "unit", names.unit),
        ("按类别 by category", "category", names.category),
        ("按时限 by clock", "clock", _clock),
    ):
        if found["rows"]:
            out.print(_table(title, head, name, found["rows"]))
    total = found["total"]
    out.print(
        f"超时 breaches: {total['before']['breached']} of {total['before']['due']} as it was 实际, "
        f"{total['after']['breached']} of {total['after']['due']} under {found['version']} 推演"
    )
    untold = total["before"]["untold"], total["after"]["untold"]
    if any(untold):
        out.print(
            f"无法推算 deadlines that cannot be told: {untold[0]} 实际, {untold[1]} 推演; see: banjie sla explain"
        )
    if found["unreadable"]:
        out.print(f"{found['unreadable']} cases could not be read; see: banjie verify")


def _clock(name: str) -> str:
    return f"{Clock(name).zh} {name}"


def _table(title: str, head: str, name: Callable[[str], str], rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in (
        "到期 due",
        "超时 breached",
        "推演到期 due then",
        "推演超时 breached then",
        "增减 change",
    ):
        table.add_column(heading, justify="right")
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[head], []).append(row)
    for code, members in sorted(groups.items()):
        before, after = _sum(members)["before"], _sum(members)["after"]
        change = after["breached"] - before["breached"]
        figures = (before["due"], before["breached"], after["due"], after["breached"])
        table.add_row(name(code), *map(str, figures), f"{change:+d}" if change else "")
    return table
