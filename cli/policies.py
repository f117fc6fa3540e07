"""`banjie sla policies`, `preview`, `move`: policy versions, what another one would change, and moving open cases to one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.progress import TextColumn
from rich.table import Table

from cli.console import UsageError, err, out, progress, say_json
from cli.limits import HELP, Meant, meant
from cli.names import Names, known_category, known_office, known_reason, known_unit
from cli.operator import Api, RefusedInputError, operator_api
from cli.options import Data, Json, Office
from cli.which import case_id
from libs.casework.deadlines.vocabulary import Clock
from libs.casework.events.oversight import PolicyChanged

VERSIONS, PREVIEW, CHANGES = "/sla/v1/policies", "/sla/v1/policies/preview", "/sla/v1/policy-changes"
TOGETHER, SHOWN, FEW = 200, 20, 5
COUNTS = ("cases", "changed", "near", "overdue", "relieved", "unknown")
_HEADINGS = (
    "案件 cases",
    "时限变动 changed",
    "将临期 near due",
    "将超时 overdue",
    "不再超时 in time",
    "无法推算 unknown",
)
LEFT_OUT = {
    "unknown": "无此案件 there is no such case here",
    "another_office": "属其他街道办 it is another office's; --office names which",
    "not_at_this_stage": "未立案或已办结 it is not filed yet, or has ended",
    "another_unit": "主办单位不符 another unit leads it",
    "another_category": "类别不符 it is of another category",
    "another_version": "适用的版本不符 it goes by another version than --of",
    "already": "原已适用 it goes by this version already",
    "unreadable": "无法读取 it cannot be read; see: banjie verify",
}

Policy = Annotated[str, typer.Argument(metavar="POLICY", help=HELP)]
Version = Annotated[str | None, typer.Option("--version", help="id of the version in the file")]
Of = Annotated[str | None, typer.Option("--of", help="only cases that go by this version")]
Unit = Annotated[str | None, typer.Option(help="only cases led by this unit")]
Category = Annotated[str | None, typer.Option(help="only cases of this subclass")]
Only = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="CASE", help="only this one: number or id; may be said again"),
]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which open cases; what is None does not narrow."""

    office: str | None
    unit: str | None
    category: str | None
    of: str | None
    cases: tuple[str, ...]


def policies(data: Data = None, as_json: Json = False) -> None:
    """The policy versions, and which is in force."""
    found = operator_api(data).get(VERSIONS)
    if as_json:
        say_json(found)
        return
    table = Table("版本 version", "", "施行 from", "")
    for one in found:
        in_force = "施行中 in force" if one["in_force"] else ""
        table.add_row(one["id"], f"{one['zh']} {one['en']}", one["effective_from"] or "—", in_force)
    out.print(table)


def preview(
    policy: Policy,
    version: Version = None,
    of: Of = None,
    unit: Unit = None,
    category: Category = None,
    case: Only = None,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Which open cases would get other deadlines under another policy; nothing is touched."""
    wanted = meant(policy, version)
    api = operator_api(data, office=office and known_office(office))
    found = _previewed(api, wanted, _selection(api, office, unit, category, of, case))
    say_json(found) if as_json else _show(found)


def move(
    to: Annotated[str, typer.Argument(metavar="VERSION", help="id of a version that is in force")],
    reason: Annotated[str, typer.Option(help="code of data/reasons.yaml, policy_changed: new_rules")],
    even_if_late: Annotated[
        bool, typer.Option("--even-if-late", help="also where the move alone makes a case overdue")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="do it; without it, only what would happen is shown")
    ] = False,
    of: Of = None,
    unit: Unit = None,
    category: Category = None,
    case: Only = None,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Move open cases to another policy version, with a result for each; doing it again does nothing. Exit code 1 when any was refused, or
    one that was named was left out."""
    wanted = meant(to)
    if wanted.text is not None:
        raise UsageError(f"{to} is a file: put it in force first, then name its version")
    known_reason(PolicyChanged.TYPE, reason)
    api = operator_api(data, office=office and known_office(office))
    found = _previewed(api, wanted, _selection(api, office, unit, category, of, case))
    if not yes:
        say_json(found) if as_json else _show(found)
        err.print("nothing was changed; the same with --yes does it 未作变更，加 --yes 执行")
        return
    ids = [one["case_id"] for one in found["cases"]]
    results = [one for page in _moved(api, ids, to, reason, even_if_late) for one in page]
    numbers = {one["case_id"]: one["number"] for one in found["cases"]}
    told = [one | {"number": numbers[one["case_id"]]} for one in results]
    left_out = found["left_out"]
    say_json({"version": to, "results": told, "left_out": left_out}) if as_json else _show_results(
        told, left_out
    )
    raise SystemExit(1 if any(one["outcome"] == "refused" for one in told) or _missed(left_out) else 0)


def _selection(
    api: Api,
    office: str | None,
    unit: str | None,
    category: str | None,
    of: str | None,
    cases: Sequence[str] | None,
) -> Selection:
    if of is not None:
        meant(of)
    ids = tuple(case_id(api, each) for each in cases or ())
    return Selection(office, known_unit(unit), known_category(category), of, ids)


def _previewed(api: Api, wanted: Meant, selection: Selection) -> dict[str, Any]:
    """All pages as one."""
    asked = asdict(selection) | {"to": wanted.version, "file": wanted.text}
    found: dict[str, Any] = {"looked_at": 0, "cases": [], "left_out": []}
    counts: Counter[tuple[str, str | None, str]] = Counter()
    for page in _pages(api, asked):
        found |= {"version": page["version"], "looked_at": found["looked_at"] + page["looked_at"]}
        found["cases"] += page["cases"]
        found["left_out"] += page["left_out"]
        for group in page["groups"]:
            counts.update({(group["unit"], group["category"], name): group[name] for name in COUNTS})
    found["groups"] = _groups(counts)
    return found


def _pages(api: Api, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    after = None
    with progress("preview", None, TextColumn("preview 预览 {task.completed} cases")) as advance:
        while True:
            try:
                page = api.post(PREVIEW, str(uuid4()), json=asked | {"after": after})
            except RefusedInputError as error:
                raise UsageError(str(error)) from None
            advance(page["looked_at"])
            yield page
            after = page["after"]
            if after is None:
                return


def _groups(counts: Counter[tuple[str, str | None, str]]) -> list[dict[str, Any]]:
    where = sorted({(unit, category or "") for unit, category, _ in counts})
    return [
        {"unit": unit, "category": category or None}
        | {name: counts[unit, category or None, name] for name in COUNTS}
        for unit, category in where
    ]


def _moved(
    api: Api, ids: Sequence[str], to: str, reason: str, even_if_late: bool
) -> Iterator[list[dict[str, Any]]]:
    """Page by page: what was done before an interruption is done, and answers so the next time."""
    wish = {"to": to, "reason": reason, "even_if_late": even_if_late}
    counts = TextColumn("move 变更 {task.completed} of {task.total} cases")
    with progress("move", len(ids), counts) as advance:
        for begin in range(0, len(ids), TOGETHER):
            page = list(ids[begin : begin + TOGETHER])
            yield api.post(CHANGES, str(uuid4()), json=wish | {"cases": page})["results"]
            advance(len(page))


def _show(found: dict[str, Any]) -> None:
    version, names = found["version"], Names()
    out.print(f"{version['id']} {version['zh']} {version['en']} · {version['effective_from'] or '—'}")
    if found["groups"]:
        out.print(_table(found["groups"], names))
    told = [one for one in found["cases"] if one["late"] or len(found["cases"]) <= FEW]
    for one in told[:SHOWN]:
        out.print(
            f"{one['number']} {names.unit(one['unit'])}{' · 将超时 would be overdue' if one['late'] else ''}"
        )
        for clock in one["clocks"]:
            out.print(f"  {_clock(clock)}")
    _show_left_out(found["left_out"])
    looked_at, going = found["looked_at"], len(found["cases"])
    out.print(
        f"在办 {looked_at} 件，{going} 件适用其他版本 · {looked_at} open cases, {going} go by another version"
    )


def _clock(one: dict[str, Any]) -> str:
    """`处置时限 resolution: 3 work_day, 2026-11-26T18:00:00+08:00 → 10 work_day, 2026-12-07T18:00:00+08:00`."""
    name = f"{Clock(one['clock'].partition(':')[0]).zh} {one['clock']}"
    before, after = (
        ", ".join((side["limit"] or "约定 agreed", side["due"] or side["standing"]))
        for side in (one["before"], one["after"])
    )
    return f"{name}: {before} → {after}"


def _table(groups: Sequence[dict[str, Any]], names: Names) -> Table:
    table = Table("单位 unit", "类别 category")
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    for row in groups:
        counts = (str(row[name] or "") for name in COUNTS)
        table.add_row(names.unit(row["unit"]), names.category(row["category"]), *counts)
    if len(groups) > 1:
        total = (str(sum(row[name] for row in groups) or "") for name in COUNTS)
        table.add_row("合计 all", "", *total, style="bold")
    return table


def _missed(left_out: Sequence[dict[str, Any]]) -> bool:
    """Whether a case that was meant was left out for another reason than that there is nothing to do."""
    return any(one["why"] != "already" for one in left_out)


def _show_left_out(left_out: Sequence[dict[str, Any]]) -> None:
    for one in left_out:
        out.print(f"  {one['number'] or one['case_id']} left out 未列入: {LEFT_OUT[one['why']]}")


def _show_results(results: Sequence[dict[str, Any]], left_out: Sequence[dict[str, Any]]) -> None:
    for one in [each for each in results if each["outcome"] == "refused"][:SHOWN]:
        out.print(f"  {one['number']} refused 未变更: {one['detail']}")
    _show_left_out(left_out)
    counts = Counter(one["outcome"] for one in results)
    out.print(
        f"{counts['done']} moved 已变更, {counts['already']} already 原已适用, {counts['refused']} refused 未变更"
    )
