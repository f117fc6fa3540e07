"""The composition root of triage: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casestore.numbers import CaseNumbers
from libs.casework.categories import Catalogue, parse_catalogue
from libs.casework.offices import Offices, parse_offices
from libs.casework.places import Places, parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.vocabulary import Service
from libs.plumbing.data import read_geojson, read_yaml
from libs.plumbing.records import Route
from libs.stages.actions import ActionDoor
from libs.stages.desk import CommandDesk
from libs.stages.gathered import Gathered
from libs.stages.http import command_routes
from libs.stages.ports import Ports, master_key
from libs.stages.reactor import Reactor
from libs.stages.service import StageService
from libs.stages.uploads import PhotoDoor
from services.triage.agents import routes
from services.triage.api import TriageLists
from services.triage.classify import Hearing
from services.triage.commands import ON_THE_SPOT, Desk, command_table, split_table
from services.triage.duplicates import Duplicates, Guide
from services.triage.fitting import fit
from services.triage.handlers import Reports, Triage
from services.triage.learning import Learning
from services.triage.lexicon import Lexicon, build_index, parse_lexicon
from services.triage.locate import Locator
from services.triage.matter import Policy
from services.triage.measures import Measures, parse_measures
from services.triage.neighbours import Neighbours
from services.triage.opening import SplitDesk
from services.triage.review import ReviewDoor
from services.triage.reviewed import Example, Reviewed, examples_of, parse_reviewed


@dataclass(frozen=True, slots=True)
class Room:
    """What triage is made of."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route]
    reactor: Reactor


@dataclass(frozen=True, slots=True)
class Reference:
    """The reviewed data that triage goes by."""

    catalogue: Catalogue
    lexicon: Lexicon
    reviewed: Reviewed
    examples: Sequence[Example]
    places: Places
    offices: Offices
    measures: Measures

    @property
    def version(self) -> str:
        """All versions in one, recorded with every decision."""
        words = f"lexicon {self.lexicon.version}, reviewed {self.reviewed.version}"
        return f"categories {self.catalogue.version}, {words}, places {self.places.version}"

    @property
    def version_of_likeness(self) -> str:
        """The same with that of the measures, recorded with what was found to be alike."""
        return f"duplicates {self.measures.version}, {self.version}"


def reference() -> Reference:
    """The reviewed data as it lies in the data folder."""
    catalogue, lexicon = (
        parse_catalogue(read_yaml("categories.yaml")),
        parse_lexicon(read_yaml("lexicon.yaml")),
    )
    reviewed = parse_reviewed(read_yaml("reviewed.yaml"))
    return Reference(
        catalogue,
        lexicon,
        reviewed,
        examples_of(reviewed, read_yaml("utterances.yaml"), catalogue, lexicon),
        parse_places(read_geojson("grids.geojson")),
        parse_offices(read_yaml("offices.yaml")),
        parse_measures(read_yaml("duplicates.yaml"), catalogue),
    )


async def hearing(data: Reference, lessons: Sequence[Example] = ()) -> Hearing:
    """What reports are understood by, refit to the reviewed data and to `lessons`, the accepted corrections: 2 s."""
    index = build_index(data.catalogue, data.lexicon)
    return Hearing(index, await fit(data.examples, index, lessons))


def triage(ports: Ports, data: Reference, hearing: Hearing) -> Triage:
    """What decides."""
    model = f"model {hearing.model.fingerprint}"
    policy = Policy(data.catalogue, data.offices, f"{data.version}, {model}")
    reports = Reports(ports.vault)
    likeness = f"{data.version_of_likeness}, {model}"
    guide = Guide(data.measures, data.catalogue, data.places, hearing.index, likeness)
    rows = Neighbours(ports.database, master_key(ports.settings), data.measures.longest_hours)
    duplicates = Duplicates(rows, ports.store, reports, guide)
    return Triage(reports, Locator(data.places), hearing, policy, duplicates)


async def build(ports: Ports) -> Room:
    """Triage with its ports."""
    data = reference()
    learning = Learning(ports.database, ports.store, ports.vault, ports.clock)
    lessons = _known_to(data.catalogue, await learning.lessons())
    reasons = parse_reasons(read_yaml("reasons.yaml"))
    decisions = Desk(data.catalogue, data.places, data.offices, reasons, data.version)
    table = command_table(decisions)
    desk = CommandDesk(Service.TRIAGE, ports.store, ports.vault, ports.photos)
    reactor = Reactor(
        Service.TRIAGE,
        ports.store,
        triage(ports, data, await hearing(data, lessons)).decide_all,
        ports.rejections,
    )
    photos = PhotoDoor(ports.store, ports.vault, ports.photos, ON_THE_SPOT)
    numbers = CaseNumbers(ports.database, ports.settings.office_zone, ports.clock)
    splits = SplitDesk(ports, numbers, data.catalogue, data.offices)
    lists, review = TriageLists(ports.store), ReviewDoor(learning, ports.clock)
    doors = (lists.router(), review.router(), photos.router())
    opens = split_table(decisions)
    actions = ActionDoor(Service.TRIAGE, {**table, **opens}, ports.store)
    commands = (command_routes(table, Gathered(desk)), command_routes(opens, splits))
    routers = (*doors, *commands, actions.router())
    return Room(routers, routes(reactor), reactor)


def _known_to(catalogue: Catalogue, lessons: Sequence[Example]) -> Sequence[Example]:
    """Without those of a category that the data does not have any more."""
    return [each for each in lessons if each.category and catalogue.get(each.category)]


TRIAGE = StageService(Service.TRIAGE, build)
