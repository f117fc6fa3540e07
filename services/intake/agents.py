"""Who listens to what: the doors for reports of other systems."""

from libs.casework.topics import Door as Kind
from libs.plumbing.records import Route
from libs.stages.doors import Door
from libs.stages.publishers import Publishers


def routes(door: Door, publishers: Publishers) -> tuple[Route, ...]:
    """`banjie.reports.<publisher>` of every publisher -> the door."""

    async def topics() -> tuple[str, ...]:
        return await publishers.topics(Kind.REPORTS)

    return (Route(topics, door.on_records),)
