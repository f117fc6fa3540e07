"""`banjie case`: cases as the records service shows them, what may be done to them; a parked one given back to the machine."""

import asyncio
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from rich.table import Table

from cli.console import UsageError, out, say_json
from cli.console import named as _named
from cli.names import known_category, known_grid, known_office, known_unit
from cli.operator import Api, operator_api
from cli.options import Data, Json, Office
from cli.site import site
from cli.timeline import local_time, stage_name, timeline, zone_of
from cli.unpark import unpark_case
from cli.which import CASES, Which
from cli.which import case_id as case_id_of
from libs.casework.vocabulary import Role, Stage, Tie, Urgency

SEARCH = "/records/v1/search"
app = typer.Typer(
    help="show, list, search, log, actions: cases, their stories, what may be done. unpark: give a case back to the machine."
)


@app.command("list")
def listed(
    stage: Annotated[list[Stage] | None, typer.Option(help="at this stage; may be said again")] = None,
    unit: Annotated[str | None, typer.Option(help="led by this unit")] = None,
    category: Annotated[str | None, typer.Option(help="of this subclass")] = None,
    awaits: Annotated[str | None, typer.Option(help="a role or a service that has to act")] = None,
    publisher: Annotated[str | None, typer.Option(help="reported by this other system")] = None,
    parked: Annotated[bool | None, typer.Option(help="given to a person after a fault")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="at most")] = 50,
    after: Annotated[str | None, typer.Option(help="cursor of the page before")] = None,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Cases, newest first."""
    wanted: dict[str, Any] = {"unit": known_unit(unit), "category": known_category(category)}
    wanted |= {"awaits": awaits, "parked": parked}
    wanted |= {"publisher": publisher}
    wanted |= {
        "stage": stage or None,
        "limit": limit,
        "after": after,
        "office": office and known_office(office),
    }
    page = operator_api(data).get(CASES, **wanted)
    say_json(page) if as_json else out.print(_table(page))


@app.command()
def search(
    words: Annotated[
        str | None, typer.Argument(help="said in the case; parts between spaces, all of them")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="why you look for words")] = None,
    number: Annotated[str | None, typer.Option(help="of this case number")] = None,
    stage: Annotated[list[Stage] | None, typer.Option(help="at this stage; may be said again")] = None,
    unit: Annotated[str | None, typer.Option(help="led by this unit")] = None,
    category: Annotated[str | None, typer.Option(help="of this subclass")] = None,
    grid: Annotated[str | None, typer.Option(help="in this grid")] = None,
    since: Annotated[str | None, typer.Option(help="reported from then on, RFC 3339")] = None,
    until: Annotated[str | None, typer.Option(help="reported before then, RFC 3339")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="at most")] = 50,
    after: Annotated[str | None, typer.Option(help="cursor of the page before")] = None,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Cases by words, number, place, unit, stage and dates; newest first. Looking for words is done as a clerk, and noted."""
    wanted: dict[str, Any] = {"unit": known_unit(unit), "category": known_category(category)}
    wanted |= {"grid": known_grid(grid), "words": words, "purpose": purpose, "number": number}
    wanted |= {"stage": stage or None, "limit": limit, "after": after}
    wanted |= {"reported_from": since, "reported_to": until}
    given = {name: value for name, value in wanted.items() if value is not None}
    api = operator_api(data, ["clerk"], office and known_office(office))
    page = api.post(SEARCH, str(uuid4()), json=given)
    say_json(page) if as_json else out.print(_table(page))


@app.command()
def show(case: Which, data: Data = None, as_json: Json = False) -> None:
    """All of a case but its personal content."""
    api = operator_api(data)
    found = api.get(f"{CASES}/{case_id_of(api, case)}")
    say_json(found) if as_json else out.print(_details(found))


@app.command()
def actions(
    case: Which,
    role: Annotated[Role, typer.Option(help="in this role")] = Role.ADMINISTRATOR,
    unit: Annotated[str | None, typer.Option(help="as somebody of this unit")] = None,
    office: Office = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What may be done to a case now, and why not the rest."""
    if role is Role.UNIT_WORKER and unit is None:
        raise UsageError("a unit_worker belongs to a unit: say --unit")
    case_id = case_id_of(operator_api(data), case)
    api = operator_api(data, [role], office and known_office(office), known_unit(unit))
    found = api.get(f"{CASES}/{case_id}/actions")
    say_json(found) if as_json else out.print(_actions(found))


@app.command("log")
def log(case: Which, data: Data = None, as_json: Json = False) -> None:
    """What happened, who said it, how long it took; in both languages."""
    api = operator_api(data)
    case_id = case_id_of(api, case)
    found = api.get(f"{CASES}/{case_id}/log")
    say_json(found) if as_json else out.print(timeline(found, zone=_zone(api, case_id)))


@app.command()
def unpark(case: Which, data: Data = None, as_json: Json = False) -> None:
    """Give a parked case back to the machine, after its fault was mended."""
    case_id = UUID(case_id_of(operator_api(data), case))
    seq = asyncio.run(unpark_case(site(data), case_id))
    told = {"case_id": str(case_id), "seq": seq}
    say_json(told) if as_json else out.print(f"{case}: the machine tries again 已恢复自动处理")


def _zone(api: Api, case_id: str) -> str:
    return zone_of(api.get(f"{CASES}/{case_id}")["office"])


def _table(page: dict[str, Any]) -> Table:
    table = Table(caption=f"more 更多: --after {page['after']}" if page["after"] else None)
    for heading in (
        "案件 case",
        "环节 stage",
        "类别 category",
        "紧急程度 urgency",
        "主办 lead",
        "等待 awaits",
        "时间 since",
        "",
    ):
        table.add_column(heading, no_wrap=heading == "案件 case")
    for case in page["cases"]:
        table.add_row(
            case["number"],
            stage_name(case["stage"]),
            _named(case["names"]["category"]),
            _urgency(case),
            _named(case["names"]["units"].get(case["lead"] or "")),
            _waits(case),
            local_time(case["awaits"]["since"], zone_of(case["office"])),
            "parked 转人工" if case["parked"] else "",
        )
    return table


def _actions(found: dict[str, Any]) -> Table:
    away = ", ".join(found["away"])
    title = f"可办事项 · {stage_name(found['stage'])}"
    table = Table(title=title, caption=f"no answer from 未应答: {away}" if away else None)
    for heading in ("", "事项 command", "理由 reasons, or why not"):
        table.add_column(heading)
    for each in found["actions"]:
        why = (
            each["refused"]["detail"]
            if each["refused"]
            else ", ".join((each["reasons"] or {}).get("codes", ()))
        )
        table.add_row("✓" if each["allowed"] else "✗", f"{each['zh']} {each['service']} {each['name']}", why)
    return table


def _urgency(case: dict[str, Any]) -> str:
    return f"{Urgency(case['urgency']).zh} {case['urgency']}" if case["urgency"] else ""


def _waits(case: dict[str, Any]) -> str:
    return case["awaits"]["machine"] or case["awaits"]["person"] or ""


def _details(case: dict[str, Any]) -> Table:
    table = Table(title=f"案件 {case['number']}", show_header=False, title_justify="left")
    for name, shown in _facts(case, zone_of(case["office"])).items():
        if shown:
            table.add_row(name, shown)
    return table


def _facts(case: dict[str, Any], zone: str) -> dict[str, str]:
    names = case["names"]
    parked = " · 已转人工 parked" if case["parked"] else ""
    times = {
        name: local_time(case[name], zone) if case[name] else "" for name in ("reported_at", "closed_at")
    }
    return {
        "id": case["case_id"],
        "街道办 office": _named(names["office"]),
        "环节 stage": stage_name(case["stage"]),
        "类别 category": _named(names["category"]),
        "紧急程度 urgency": _urgency(case),
        "地点 place": " · ".join(_named(place) for place in names["places"].values()),
        "主办 lead": _named(names["units"].get(case["lead"] or "")),
        "等待 awaits": _waits(case) + parked,
        "来源 source": " ".join(filter(None, (case["source"], case["publisher"]))),
        "公开 public": "是 yes" if case["public"] else "否 no",
        "工作项 items": " · ".join(
            f"{item['id']} {(item['done_at'] and '✓') or ''}" for item in case["items"]
        ),
        "申请 asked": _asked(case["asked"], zone),
        "挂账 suspended": _waits_until(case["suspended"], zone),
        "督办 orders": ", ".join(str(each["order"]) for each in case["orders"]),
        **_joined(case),
        "受理 reported": times["reported_at"],
        "结案 closed": times["closed_at"],
        "seq, rev": f"{case['seq']}, {case['rev']}",
    }


def _asked(asked: dict[str, str] | None, zone: str) -> str:
    """What a supervisor has to answer: `延期 extension · resolution · 2 work_day · materials`."""
    if asked is None:
        return ""
    if asked["clock"]:
        return f"延期 extension · {asked['clock']} · {asked['more']} · {asked['reason']}"
    until = f" · {local_time(asked['until'], zone)}" if asked["until"] else ""
    return f"挂账 suspension · {asked['reason']}{until}"


def _waits_until(held: dict[str, str] | None, zone: str) -> str:
    if held is None:
        return ""
    review = f" · 复查 review {local_time(held['until'], zone)}" if held["until"] else ""
    return f"{held['reason']} · {held['approver']}{review}"


def _joined(case: dict[str, Any]) -> dict[str, str]:
    """What belongs to the case: where it went, who follows it, what is linked, what may be the same."""
    linked = (f"{Tie(link['how']).zh} {link['how']}: {link['other']}" for link in case["linked"])
    likely = (f"{other['number']} ({other['zh']}; {other['en']})" for other in case["duplicates"])
    return {
        "并入 merged into": case["merged_into"] or "",
        "并入本案 followers": str(case["followers"] or ""),
        "关联 linked": "\n".join(linked),
        "疑似重复 may be the same as": "\n".join(likely),
    }
