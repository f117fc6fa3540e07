"""The composition root of records: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casestore.figures import Figures
from libs.casework.categories import parse_catalogue
from libs.casework.offices import parse_offices
from libs.casework.places import parse_places
from libs.casework.units import parse_units
from libs.casework.vocabulary import Role, Service
from libs.plumbing.data import read_geojson, read_yaml
from libs.plumbing.records import Route
from libs.stages.ports import Ports
from libs.stages.service import StageService
from libs.stages.uploads import PhotoDoor
from services.records.api import CaseDoor
from services.records.content import ContentDoor
from services.records.erasing import ErasureDoor
from services.records.figures import FigureDoor
from services.records.names import Book, Directory
from services.records.rules import VIEWERS, parse_grounds

UPLOADERS = VIEWERS | {Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class Room:
    """What records is made of. It listens to nobody and decides nothing by itself."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route] = ()
    reactor: None = None


def directory() -> Directory:
    """Names from the reviewed data as it lies in the data folder."""
    return Directory(
        Book(
            parse_catalogue(read_yaml("categories.yaml")),
            parse_units(read_yaml("units.yaml")),
            parse_places(read_geojson("grids.geojson")),
            parse_offices(read_yaml("offices.yaml")),
        )
    )


async def build(ports: Ports) -> Room:
    """Records with its ports."""
    names, grounds = directory(), parse_grounds(read_yaml("records.yaml"))
    return Room(
        (
            CaseDoor(ports.store, names).router(),
            FigureDoor(Figures(ports.database), names).router(),
            ContentDoor(ports.store, ports.vault, ports.photos, grounds).router(),
            ErasureDoor(ports.store, ports.vault, grounds, ports.clock).router(),
            PhotoDoor(ports.store, ports.vault, ports.photos, UPLOADERS).router(),
        )
    )


RECORDS = StageService(Service.RECORDS, build)
