"""`banjie publisher`: other systems that may send over Kafka."""

import re
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.console import UsageError, out, say_json
from cli.doors import register, registered, renew, shut_out
from cli.names import known_office, known_unit
from cli.options import Data, Json
from cli.provision_kafka import kafka_user
from cli.site import Site, site
from libs.casework.topics import CASES, Door, outcomes
from libs.stages.publishers import Publisher

app = typer.Typer(help="add, list, remove: other systems that may send over Kafka 外部系统.")
Named = Annotated[str, typer.Argument(help="a-z, 0-9 and -, at most 40")]
_NAME = re.compile(r"[a-z0-9-]{1,40}")


@app.command()
def add(
    name: Named,
    office: Annotated[str | None, typer.Option(help="the office for which it speaks")] = None,
    door: Annotated[list[Door] | None, typer.Option(help="what it may send; may be said again")] = None,
    unit: Annotated[str | None, typer.Option(help="the unit whose work it reports")] = None,
    seen_on_spot: Annotated[bool, typer.Option("--seen-on-spot", help="its reports need no 核实")] = False,
    reads_cases: Annotated[bool, typer.Option("--reads-cases", help="it may follow banjie.cases")] = False,
    new_password: Annotated[bool, typer.Option("--new-password", help="for one that is there")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let a system in: user, topics, rights. Its password is shown once."""
    if new_password:
        where = site(data)
        told = _told(where, *renew(where, name))
    else:
        publisher = _wanted(name, office, frozenset(door or ()), unit, seen_on_spot, reads_cases)
        where = site(data)
        told = _told(where, publisher, register(where, publisher))
    say_json(told) if as_json else _show(told)


@app.command("list")
def listed(data: Data = None, as_json: Json = False) -> None:
    """Every system that is let in."""
    found = registered(site(data))
    say_json(found) if as_json else out.print(_table(found))


@app.command()
def remove(name: Named, data: Data = None, as_json: Json = False) -> None:
    """Shut a system out. Its topics stay, with what it sent."""
    shut_out(site(data), name)
    say_json({"removed": name}) if as_json else out.print(f"{name} is shut out; its topics stay")


def _wanted(
    name: str, office: str | None, doors: frozenset[Door], unit: str | None, seen: bool, reads: bool
) -> Publisher:
    if not _NAME.fullmatch(name):
        raise UsageError(f"a publisher's name is 1 to 40 of a-z, 0-9 and -: not {name!r}")
    if office is None or not doors:
        kinds = ", ".join(Door)
        raise UsageError(f"say for which office it speaks (--office) and what it sends (--door: {kinds})")
    if Door.WORK in doors and unit is None:
        raise UsageError("the door work needs --unit: whose work it reports")
    return Publisher(name, known_office(office), doors, known_unit(unit), seen, reads)


def _told(where: Site, publisher: Publisher, password: str) -> dict[str, Any]:
    follows = [CASES] if publisher.reads_cases else []
    settings = where.operator_settings()
    return {
        "name": publisher.name,
        "bootstrap": settings.kafka_bootstrap,
        "security": f"{settings.kafka_security}, SCRAM-SHA-256",
        "user": kafka_user(publisher.name),
        "password": password,
        "sends": list(publisher.topics()),
        "reads": [outcomes(publisher.name), *follows],
    }


def _show(told: dict[str, Any]) -> None:
    for name, value in told.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        out.print(f"{name:10} {shown}", soft_wrap=True)
    out.print("the password is shown once 密码仅显示一次; the workers listen within 10 s")


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table()
    columns = ("name", "office", "unit", "doors", "seen_on_spot", "reads_cases")
    for column in columns:
        table.add_column(column.replace("_", " "))
    for row in found:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return {None: "", False: "", True: "yes 是"}.get(value, str(value))
