"""The composition root of dispatch: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casework.calendar import parse_calendars
from libs.casework.categories import parse_catalogue
from libs.casework.deadlines.policies import parse_policies
from libs.casework.places import parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.topics import Door as Kind
from libs.casework.units import parse_units
from libs.casework.vocabulary import Service
from libs.plumbing.data import read_geojson, read_yaml
from libs.plumbing.records import Route
from libs.stages.actions import ActionDoor
from libs.stages.desk import CommandDesk
from libs.stages.doors import Door
from libs.stages.gathered import Gathered
from libs.stages.http import command_routes
from libs.stages.orders import Orders
from libs.stages.ports import Ports
from libs.stages.reactor import Reactor
from libs.stages.service import StageService
from services.dispatch.agents import routes
from services.dispatch.appeals import parse_appeals
from services.dispatch.commands import command_table
from services.dispatch.handlers import Dispatch
from services.dispatch.rules import Policy


@dataclass(frozen=True, slots=True)
class Room:
    """What dispatch is made of."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route]
    reactor: Reactor


def policy() -> Policy:
    """The reviewed data as it lies in the data folder."""
    catalogue = parse_catalogue(read_yaml("categories.yaml"))
    units = parse_units(read_yaml("units.yaml"))
    places = parse_places(read_geojson("grids.geojson"))
    version = f"categories {catalogue.version}, units {units.version}, places {places.version}"
    reasons, policies = parse_reasons(read_yaml("reasons.yaml")), parse_policies(read_yaml("policies.yaml"))
    calendars = parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
    appeals = parse_appeals(read_yaml("appeals.yaml"))
    return Policy(catalogue, units, places, reasons, version, policies, calendars, appeals)


async def build(ports: Ports) -> Room:
    """Dispatch with its ports."""
    rules = policy()
    table = command_table(rules, ports.clock)
    desk = CommandDesk(Service.DISPATCH, ports.store, ports.vault, ports.photos)
    reactor = Reactor(
        Service.DISPATCH, ports.store, Dispatch(ports.store, rules).decide_all, ports.rejections
    )
    orders = Orders(Kind.WORK, table, desk)
    door = Door(orders.carry, ports.publishers, ports.rejections, ports.kafka, ports.clock)
    actions = ActionDoor(Service.DISPATCH, table, ports.store).router()
    routers = (command_routes(table, Gathered(desk)), actions)
    return Room(routers, routes(reactor, door, ports.publishers), reactor)


DISPATCH = StageService(Service.DISPATCH, build)
