"""Who listens to what: the voices of triage and closure, and the doors for the work of other systems."""

from libs.casework.topics import LISTENS
from libs.casework.topics import Door as Kind
from libs.casework.vocabulary import Service
from libs.plumbing.records import Route
from libs.stages.doors import Door
from libs.stages.publishers import Publishers
from libs.stages.reactor import Reactor


def routes(reactor: Reactor, door: Door, publishers: Publishers) -> tuple[Route, ...]:
    """`banjie.triage`, `banjie.closure` -> what dispatch decides by itself; `banjie.work.<publisher>` -> the door."""

    async def doors() -> tuple[str, ...]:
        return await publishers.topics(Kind.WORK)

    return Route(LISTENS[Service.DISPATCH], reactor.on_news), Route(doors, door.on_records)
