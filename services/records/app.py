"""The composition root of records: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casestore.figures import Figures
from libs.casework.vocabulary import Role, Service
from libs.plumbing.data import read_yaml
from libs.plumbing.records import Route
from libs.stages.names import directory
from libs.stages.ports import Ports
from libs.stages.service import StageService
from libs.stages.uploads import PhotoDoor
from services.records.api import CaseDoor
from services.records.content import ContentDoor
from services.records.erasing import ErasureDoor
from services.records.figures import FigureDoor
from services.records.rules import VIEWERS, parse_grounds

UPLOADERS = VIEWERS | {Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class Room:
    """What records is made of. It listens to nobody and decides nothing by itself."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route] = ()
    reactor: None = None


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
