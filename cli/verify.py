"""`banjie verify`: check the whole log, in parallel."""

import asyncio
import os
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from cli.console import FailedError, out, progress, say_json
from cli.operator import database, where
from cli.options import Data, Json
from cli.site import Site, site
from libs.casestore.processes import Where
from libs.casestore.reading import CaseQuery
from libs.casestore.store import CaseStore
from libs.casestore.verify import Report, count_cases, verify, verify_case
from libs.plumbing.clock import now_us

SHOWN = 50


def verify_log(
    workers: Annotated[int | None, typer.Option(min=1, max=61, help="processes")] = None,
    case: Annotated[str | None, typer.Option(help="only this one: number or id")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check every chain, fold, copy and reference of the case log. Exit code 1 when something is not right."""
    there = site(data)
    reach = where(there)
    if case:
        report = verify_case(reach, asyncio.run(_id(there, case)))
        if not report.cases:
            raise FailedError(f"no case {case}")
    else:
        report = _verified(reach, workers or os.cpu_count() or 1)
    say_json(_told(report)) if as_json else _show(report)
    raise SystemExit(1 if report.findings else 0)


async def _id(there: Site, case: str) -> UUID:
    """Asked of the database itself: no service need run for a verification, and a broken case may lack its snapshot."""
    try:
        return UUID(case)
    except ValueError:
        async with database(there) as found:
            page = await CaseStore(found, clock=now_us).find(CaseQuery(number=case.strip().upper()), limit=1)
    if not page.cases:
        raise FailedError(f"no case has the number {case}")
    return page.cases[0].id


def _verified(reach: Where, workers: int) -> Report:
    with progress("verify 核验", count_cases(reach)) as advance:
        return verify(reach, workers, lambda cases, events: advance(cases))


def _told(report: Report) -> dict[str, Any]:
    findings = [finding._asdict() for finding in report.findings]
    return {"cases": report.cases, "events": report.events, "ok": not findings, "findings": findings}


def _show(report: Report) -> None:
    if report.findings:
        table = Table("案件 case", "#", "kind", "what")
        for finding in report.findings[:SHOWN]:
            table.add_row(str(finding.case_id), str(finding.seq or ""), finding.kind, finding.what)
        out.print(table)
    if len(report.findings) > SHOWN:
        out.print(f"and {len(report.findings) - SHOWN} more; all of them: banjie verify --json")
    verdict = f"{len(report.findings)} findings" if report.findings else "whole 完整"
    out.print(f"{report.cases} cases, {report.events} events: {verdict}")
