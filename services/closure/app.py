"""The composition root of closure: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casework.reasons import parse_reasons
from libs.casework.topics import Door as Kind
from libs.casework.vocabulary import Service
from libs.plumbing.data import read_yaml
from libs.plumbing.records import Route
from libs.stages.desk import CommandDesk
from libs.stages.doors import Door
from libs.stages.gathered import Gathered
from libs.stages.http import command_routes
from libs.stages.orders import Orders
from libs.stages.ports import Ports
from libs.stages.reactor import Reactor
from libs.stages.residents import ByReceipt, receipt_routes
from libs.stages.service import StageService
from services.closure.agents import routes
from services.closure.commands import command_table, receipt_table
from services.closure.handlers import decide_all
from services.closure.rules import Policy, parse_terms


@dataclass(frozen=True, slots=True)
class Room:
    """What closure is made of."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route]
    reactor: Reactor


def policy() -> Policy:
    """The reviewed data as it lies in the data folder."""
    return Policy(parse_terms(read_yaml("closure.yaml")), parse_reasons(read_yaml("reasons.yaml")))


async def build(ports: Ports) -> Room:
    """Closure with its ports."""
    rules = policy()
    table = command_table(rules, ports.clock)
    desk = CommandDesk(Service.CLOSURE, ports.store, ports.vault, ports.photos)
    reactor = Reactor(Service.CLOSURE, ports.store, decide_all, ports.rejections)
    orders = Orders(Kind.CHECKS, table, desk)
    door = Door(orders.carry, ports.publishers, ports.rejections, ports.kafka, ports.clock)
    of_residents = receipt_table(rules, ports.clock)
    paths = {"ratings": of_residents["rate"], "reopenings": of_residents["reopen"]}
    residents = receipt_routes(paths, ByReceipt(ports.store), desk)
    routers = (command_routes(table, Gathered(desk)), residents)
    return Room(routers, routes(reactor, door, ports.publishers), reactor)


CLOSURE = StageService(Service.CLOSURE, build)
