"""The composition root of sla: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casework.calendar import parse_calendars
from libs.casework.deadlines.policies import parse_policies
from libs.casework.vocabulary import Service
from libs.plumbing.data import read_yaml
from libs.plumbing.records import Route
from libs.stages.ports import Ports
from libs.stages.service import StageService
from services.sla.api import DeadlineDoor
from services.sla.views import Reference


@dataclass(frozen=True, slots=True)
class Room:
    """What sla is made of. It listens to nobody and decides nothing by itself."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route] = ()
    reactor: None = None


def reference() -> Reference:
    """The reviewed data as it lies in the data folder."""
    return Reference(
        parse_policies(read_yaml("policies.yaml")),
        parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml")),
    )


async def build(ports: Ports) -> Room:
    """Sla with its ports."""
    return Room((DeadlineDoor(ports.store, reference(), ports.clock).router(),))


SLA = StageService(Service.SLA, build)
