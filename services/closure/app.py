"""The composition root of closure: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from fastapi import APIRouter

from libs.casework.categories import Catalogue, parse_catalogue
from libs.casework.closing import Terms, parse_terms
from libs.casework.offices import parse_offices
from libs.casework.reasons import parse_reasons
from libs.casework.topics import Door as Kind
from libs.casework.vocabulary import Service, Urgency
from libs.plumbing.data import DataUnreadable, read_yaml
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.leases import Leases
from libs.plumbing.records import Route
from libs.stages.actions import ActionDoor
from libs.stages.desk import CommandDesk
from libs.stages.doors import Door
from libs.stages.gathered import Gathered
from libs.stages.http import command_routes
from libs.stages.names import directory
from libs.stages.orders import Orders
from libs.stages.ports import Ports
from libs.stages.reactor import Reactor
from libs.stages.residents import ByReceipt, receipt_routes
from libs.stages.service import StageService
from services.closure.agents import routes
from services.closure.calls import CallDoor
from services.closure.checklists import Checklists, parse_checklists
from services.closure.checks import CheckDoor
from services.closure.commands import ASSIGN, command_table, receipt_table
from services.closure.handlers import Closure
from services.closure.roster import DeskWithRoster, Roster
from services.closure.rules import Policy
from services.closure.unchecked import Unchecked


@dataclass(frozen=True, slots=True)
class Room:
    """What closure is made of."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route]
    reactor: Reactor


def policy() -> Policy:
    """The reviewed data as it lies in the data folder. Raises `DataUnreadable` where the files do not fit together."""
    catalogue = parse_catalogue(read_yaml("categories.yaml"))
    terms, lists = parse_terms(read_yaml("closure.yaml")), parse_checklists(read_yaml("checklists.yaml"))
    misfit = _unknown_category(terms, lists, catalogue) or _closes_what_it_must_not(terms, catalogue)
    if misfit:
        raise DataUnreadable(misfit)
    return Policy(terms, parse_reasons(read_yaml("reasons.yaml")), lists)


def _unknown_category(terms: Terms, lists: Checklists, catalogue: Catalogue) -> str | None:
    listed = [*(each.categories for each in terms.automatic), *(each.categories for each in terms.patrols)]
    for file, named in (
        ("closure.yaml", (*terms.reopening_by_category, *chain.from_iterable(listed))),
        ("checklists.yaml", tuple(lists.categories)),
    ):
        unknown = next((each for each in named if catalogue.get(each) is None), None)
        if unknown:
            return f"{file}: categories.yaml has no category {unknown}"
    return None


def _closes_what_it_must_not(terms: Terms, catalogue: Catalogue) -> str | None:
    """Private and emergency categories are always checked by a person."""
    for rule in terms.automatic:
        for category in rule.categories:
            subclass = catalogue.get(category)
            if subclass and (subclass.private or subclass.urgency is Urgency.EMERGENCY):
                what = "private" if subclass.private else "an emergency"
                return f"closure.yaml: {rule.id} would close {category}, which is {what}: a person checks it"
    return None


async def build(ports: Ports) -> Room:
    """Closure with its ports."""
    rules, roster = policy(), Roster(KeyRegistry(ports.database["keys"]), ports.clock)
    table = command_table(rules, ports.clock, roster.known)
    plain = CommandDesk(Service.CLOSURE, ports.store, ports.vault, ports.photos)
    desk = DeskWithRoster(plain, roster, frozenset({ASSIGN}))
    reactor = Reactor(Service.CLOSURE, ports.store, Closure(roster).decide_all, ports.rejections)
    orders = Orders(Kind.CHECKS, table, desk)
    door = Door(orders.carry, ports.publishers, ports.rejections, ports.kafka, ports.clock)
    names, of_residents = directory(), receipt_table(rules, ports.clock)
    paths = {"ratings": of_residents["rate"], "reopenings": of_residents["reopen"]}
    residents = receipt_routes(paths, ByReceipt(ports.store), desk)
    checks, calls = (
        CheckDoor(ports.store, rules.checklists, names),
        CallDoor(ports.store, rules.terms, names),
    )
    commands = command_routes(table, Gathered(desk))
    actions = ActionDoor(Service.CLOSURE, table, ports.store, roster.fresh)
    routers = (commands, actions.router(), checks.router(), calls.router(), residents)
    return Room(routers, routes(reactor, door, ports.publishers), reactor)


def unchecked(ports: Ports) -> Unchecked:
    """What closes by itself."""
    offices = [one.code for one in parse_offices(read_yaml("offices.yaml")).offices]
    return Unchecked(ports.store, Leases(ports.database), policy().terms, offices, ports.clock)


CLOSURE = StageService(Service.CLOSURE, build, beside=unchecked)
