"""The composition root of triage: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

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
from libs.stages.ports import Ports
from libs.stages.reactor import Reactor
from libs.stages.service import StageService
from libs.stages.uploads import PhotoDoor
from services.triage.agents import routes
from services.triage.api import TriageLists
from services.triage.classify import Hearing
from services.triage.commands import ON_THE_SPOT, Desk, command_table
from services.triage.fitting import fit
from services.triage.handlers import Triage
from services.triage.learning import Learning
from services.triage.lexicon import Lexicon, build_index, parse_lexicon
from services.triage.locate import Locator
from services.triage.matter import Policy
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

    @property
    def version(self) -> str:
        """All versions in one, recorded with every decision."""
        words = f"lexicon {self.lexicon.version}, reviewed {self.reviewed.version}"
        return f"categories {self.catalogue.version}, {words}, places {self.places.version}"


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
    )


async def hearing(data: Reference, lessons: Sequence[Example] = ()) -> Hearing:
    """What reports are understood by, refit to the reviewed data and to `lessons`, the accepted corrections: 2 s."""
    index = build_index(data.catalogue, data.lexicon)
    return Hearing(index, await fit(data.examples, index, lessons))


def triage(ports: Ports, data: Reference, hearing: Hearing) -> Triage:
    """What decides."""
    policy = Policy(data.catalogue, data.offices, f"{data.version}, model {hearing.model.fingerprint}")
    return Triage(ports.vault, Locator(data.places), hearing, policy)


async def build(ports: Ports) -> Room:
    """Triage with its ports."""
    data = reference()
    learning = Learning(ports.database, ports.store, ports.vault, ports.clock)
    lessons = _known_to(data.catalogue, await learning.lessons())
    reasons = parse_reasons(read_yaml("reasons.yaml"))
    table = command_table(Desk(data.catalogue, data.places, data.offices, reasons, data.version))
    desk = CommandDesk(Service.TRIAGE, ports.store, ports.vault, ports.photos)
    reactor = Reactor(
        Service.TRIAGE,
        ports.store,
        triage(ports, data, await hearing(data, lessons)).decide_all,
        ports.rejections,
    )
    photos = PhotoDoor(ports.store, ports.vault, ports.photos, ON_THE_SPOT)
    lists, review = TriageLists(ports.store), ReviewDoor(learning, ports.clock)
    doors = (lists.router(), review.router(), photos.router())
    actions = ActionDoor(Service.TRIAGE, table, ports.store).router()
    routers = (*doors, command_routes(table, Gathered(desk)), actions)
    return Room(routers, routes(reactor), reactor)


def _known_to(catalogue: Catalogue, lessons: Sequence[Example]) -> Sequence[Example]:
    """Without those of a category that the data does not have any more."""
    return [each for each in lessons if each.category and catalogue.get(each.category)]


TRIAGE = StageService(Service.TRIAGE, build)
