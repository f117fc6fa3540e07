"""Who listens to what: every event of every case."""

from libs.casework.topics import FOLLOWS
from libs.casework.vocabulary import Service
from libs.plumbing.records import Route
from services.sla.handlers import Keeper

COMPANY_S, APART_S, MOST = 0.25, 5.0, 5000
"""One read for all that changes in this time: a case that goes from step to step is read once, not at each of them. No
limit is so short that five seconds after its start matter, and a case is looked at anew before anything is said of it."""


def routes(keeper: Keeper) -> tuple[Route, ...]:
    """`banjie.cases` -> when to look at the case next."""
    return (Route(FOLLOWS[Service.SLA], keeper.on_news, most=MOST, within=COMPANY_S, apart=APART_S),)
