"""The composition root of records: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casestore.figures import Figures
from libs.casestore.schema import SEARCHES
from libs.casestore.searching import SearchIndex
from libs.casestore.tail import Tail
from libs.casework.vocabulary import Role, Service
from libs.plumbing.data import read_yaml
from libs.plumbing.leases import Leases
from libs.plumbing.records import Route
from libs.stages.names import Directory, directory
from libs.stages.ports import Ports, master_key
from libs.stages.service import StageService
from libs.stages.uploads import PhotoDoor
from services.records.actions import ActionsDoor, Peers
from services.records.api import CaseDoor
from services.records.content import ContentDoor
from services.records.erasing import ErasureDoor
from services.records.figures import FigureDoor
from services.records.indexing import LEASE, Indexer, Indexing
from services.records.rules import VIEWERS, Grounds, parse_grounds
from services.records.search import SearchDoor
from services.records.words import Words

UPLOADERS = VIEWERS | {Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class Room:
    """What records is made of. It listens to nobody and decides nothing by itself; its worker keeps the search index."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route] = ()
    reactor: None = None


async def build(ports: Ports) -> Room:
    """Records with its ports."""
    names, grounds = directory(), parse_grounds(read_yaml("records.yaml"))
    peers = Peers(ports.settings.doors or f"http://127.0.0.1:{ports.settings.http_port}")
    return Room(
        (
            ActionsDoor(ports.store, grounds, peers).router(),
            CaseDoor(ports.store, names).router(),
            _search(ports, names, grounds).router(),
            FigureDoor(Figures(ports.database), names).router(),
            ContentDoor(ports.store, ports.vault, ports.photos, grounds).router(),
            ErasureDoor(ports.store, ports.vault, grounds, ports.clock).router(),
            PhotoDoor(ports.store, ports.vault, ports.photos, UPLOADERS).router(),
        )
    )


def indexing(ports: Ports) -> Indexing:
    """What keeps the search index."""
    index, tail = SearchIndex(ports.database), Tail(ports.database, LEASE)
    words, key = Words(ports.store, ports.vault), master_key(ports.settings)
    indexer = Indexer(ports.store, words, index, tail, key)
    return Indexing(Leases(ports.database), indexer, ports.clock)


def _search(ports: Ports, names: Directory, grounds: Grounds) -> SearchDoor:
    return SearchDoor(
        ports.store,
        SearchIndex(ports.database),
        Words(ports.store, ports.vault),
        Tail(ports.database, LEASE),
        names,
        grounds,
        master_key(ports.settings),
        ports.database[SEARCHES],
        ports.clock,
    )


RECORDS = StageService(Service.RECORDS, build, beside=indexing)
