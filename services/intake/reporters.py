"""Who reports: a principal, nobody known, or another system, in the terms of the rules."""

from libs.casework.entry import Actor
from libs.casework.vocabulary import Role, Source
from libs.plumbing.principals import Principal
from libs.stages.publishers import Publisher
from services.intake.rules import Reporter

ANONYMOUS = Actor(id="anonymous", role=Role.RESIDENT)
_SOURCE = {
    Role.GRID_WORKER: Source.GRID_WORKER,
    Role.CLERK: Source.STAFF,
    Role.SUPERVISOR: Source.STAFF,
    Role.ADMINISTRATOR: Source.STAFF,
    Role.SYSTEM: Source.SYSTEM,
}


def person(principal: Principal | None) -> Reporter:
    """Who reports over HTTP: a resident without a token, or somebody in the widest of their roles."""
    if principal is None:
        return Reporter(ANONYMOUS, Source.RESIDENT, "http")
    role = next(role for role in reversed(Role) if principal.has(role))
    source = _SOURCE.get(role, Source.RESIDENT)
    return Reporter(
        Actor(id=principal.id, role=role, office=principal.office, unit=principal.unit),
        source,
        "http",
        None if source is Source.RESIDENT else principal.office,
        saw=source is Source.GRID_WORKER,
        may_see=source in (Source.GRID_WORKER, Source.STAFF),
    )


def system(publisher: Publisher) -> Reporter:
    """Another system at the door."""
    trusted = publisher.seen_on_spot
    return Reporter(
        publisher.actor, Source.SYSTEM, "kafka", publisher.office, publisher.name, trusted, trusted
    )
