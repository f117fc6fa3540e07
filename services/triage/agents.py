"""Who listens to what: the voice of intake."""

from libs.casework.topics import LISTENS
from libs.casework.vocabulary import Service
from libs.plumbing.records import Route
from libs.stages.reactor import Reactor


def routes(reactor: Reactor) -> tuple[Route, ...]:
    """`banjie.intake` -> what triage decides by itself."""
    return (Route(LISTENS[Service.TRIAGE], reactor.on_news),)
