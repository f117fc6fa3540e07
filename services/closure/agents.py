"""Who listens to what: the voice of dispatch, and the doors for checks by other systems."""

from libs.casework.topics import LISTENS
from libs.casework.topics import Door as Kind
from libs.casework.vocabulary import Service
from libs.plumbing.records import Route
from libs.stages.doors import Door
from libs.stages.publishers import Publishers
from libs.stages.reactor import Reactor


def routes(reactor: Reactor, door: Door, publishers: Publishers) -> tuple[Route, ...]:
    """`banjie.dispatch` -> what closure decides by itself; `banjie.checks.<publisher>` -> the door."""

    async def doors() -> tuple[str, ...]:
        return await publishers.topics(Kind.CHECKS)

    return Route(LISTENS[Service.CLOSURE], reactor.on_news), Route(doors, door.on_records)
