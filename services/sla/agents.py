"""Who listens to what: every event of every case."""

from libs.casework.topics import FOLLOWS
from libs.casework.vocabulary import Service
from libs.plumbing.records import Route
from services.sla.handlers import Keeper

COMPANY_S = 0.25
"""One read for all that changes in this time. No limit is so short that a quarter of a second after its start matters."""


def routes(keeper: Keeper) -> tuple[Route, ...]:
    """`banjie.cases` -> when to look at the case next."""
    return (Route(FOLLOWS[Service.SLA], keeper.on_news, within=COMPANY_S),)
