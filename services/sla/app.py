"""The composition root of sla: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casework.calendar import parse_calendars
from libs.casework.categories import parse_catalogue
from libs.casework.deadlines.policies import parse_policies
from libs.casework.offices import parse_offices
from libs.casework.reasons import Reasons, parse_reasons
from libs.casework.vocabulary import Service
from libs.plumbing.data import read_yaml
from libs.plumbing.leases import Leases
from libs.plumbing.records import Route
from libs.stages.actions import ActionDoor
from libs.stages.desk import CommandDesk
from libs.stages.gathered import Gathered
from libs.stages.http import command_routes
from libs.stages.names import directory
from libs.stages.ports import Ports
from libs.stages.service import StageService
from services.sla.agents import routes
from services.sla.api import DeadlineDoor
from services.sla.board import Board
from services.sla.board_door import BoardDoor
from services.sla.commands import NAME, Moving, command_table
from services.sla.firing import Firing
from services.sla.handlers import Keeper
from services.sla.ledger import LedgerDoor
from services.sla.monitor import Monitor
from services.sla.policies import Known, PolicyDoor
from services.sla.rows import Rows
from services.sla.rules import Reference
from services.sla.state import State
from services.sla.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Room:
    """What sla is made of. No case awaits it, so there is nothing to react to: what is due is the monitor's."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route]
    reactor: None = None


def reference() -> Reference:
    """The reviewed data as it lies in the data folder."""
    return Reference(
        parse_policies(read_yaml("policies.yaml")),
        parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml")),
    )


async def build(ports: Ports) -> Room:
    """Sla with its ports."""
    data = reference()
    return Room(_doors(ports, data), routes(_keeper(ports, data)))


def _doors(ports: Ports, data: Reference) -> tuple[APIRouter, ...]:
    names, reasons = directory(), parse_reasons(read_yaml("reasons.yaml"))
    return (
        DeadlineDoor(ports.store, data, ports.clock).router(),
        BoardDoor(Board(ports.database), ports.store, data, names, ports.clock).router(),
        LedgerDoor(ports.store, reasons, names, ports.clock).router(),
        *_policies(ports, data, reasons),
    )


def _policies(ports: Ports, data: Reference, reasons: Reasons) -> tuple[APIRouter, ...]:
    """Everything about moving cases to another policy version."""
    table = command_table(Moving(data, reasons), ports.clock)
    desk = CommandDesk(Service.SLA, ports.store, ports.vault)
    catalogue, offices = (
        parse_catalogue(read_yaml("categories.yaml")),
        parse_offices(read_yaml("offices.yaml")),
    )
    known = Known(
        frozenset(one.id for one in catalogue.subclasses), frozenset(one.code for one in offices.offices)
    )
    door = PolicyDoor(ports.store, data, known, ports.clock, table[NAME], desk)
    actions = ActionDoor(Service.SLA, table, ports.store).router()
    return command_routes(table, Gathered(desk)), actions, door.router()


def monitor(ports: Ports, data: Reference | None = None) -> Monitor:
    """What fires by itself; `data` instead of the reviewed data is for tests."""
    data, state = data or reference(), State()
    rows = Rows(ports.database, data.version)
    firing = Firing(ports.store, rows, data, ports.clock, state)
    sweep = Sweep(ports.store, rows, _keeper(ports, data))
    return Monitor(Leases(ports.database), rows, firing, sweep, ports.clock, state)


def _keeper(ports: Ports, data: Reference) -> Keeper:
    return Keeper(ports.store, Rows(ports.database, data.version), data, ports.rejections)


SLA = StageService(Service.SLA, build, beside=monitor)
