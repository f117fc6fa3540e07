"""Every topic by name: who writes it, who reads it. Nothing else spells a topic."""

from enum import StrEnum
from typing import NamedTuple

from libs.casework.entry import Entry
from libs.casework.lifecycle import row_of
from libs.casework.vocabulary import Service

CASES = "banjie.cases"
PARTITIONS = 6
REJECTED = ".rejected"


class Door(StrEnum):
    """What another system may send in; each publisher has topics of its own, so the topic is the identity."""

    REPORTS = "reports"
    WORK = "work"
    CHECKS = "checks"


DOOR_OWNER = {
    Door.REPORTS: Service.INTAKE,
    Door.WORK: Service.DISPATCH,
    Door.CHECKS: Service.CLOSURE,
}


class DoorTopic(NamedTuple):
    """A door's topic taken apart."""

    door: Door
    publisher: str


def voice(service: Service) -> str:
    """Carries what `service` said and what wakes another service."""
    return f"banjie.{service}"


def voice_of(entry: Entry) -> str | None:
    """The voice topic that `entry` belongs on, or None when it wakes nobody."""
    row = row_of(entry.type)
    return voice(entry.said_by) if row and row.wakes() else None


LISTENS = {
    Service.TRIAGE: (voice(Service.INTAKE),),
    Service.DISPATCH: (voice(Service.TRIAGE), voice(Service.CLOSURE)),
    Service.CLOSURE: (voice(Service.DISPATCH),),
}
"""Which voices each stage service listens to; a test holds it against the table."""

FOLLOWS = {Service.SLA: (CASES,)}
"""Who follows every event of every case."""

VOICES = tuple(sorted({topic for topics in LISTENS.values() for topic in topics}))


def door(kind: Door, publisher: str) -> str:
    """The inbound topic of one publisher."""
    return f"{door_prefix(kind)}{publisher}"


def door_prefix(kind: Door) -> str:
    """What the names of all doors of one kind begin with."""
    return f"banjie.{kind}."


def parse_door(topic: str) -> DoorTopic | None:
    """Which door and whose, or None for any other topic (rejection topics too)."""
    parts = topic.split(".")
    if len(parts) != 3 or parts[0] != "banjie" or parts[1] not in set(Door):
        return None
    return DoorTopic(Door(parts[1]), parts[2])


def outcomes(publisher: str) -> str:
    """Tells a publisher what became of each of its messages."""
    return f"banjie.outcomes.{publisher}"


def rejected(topic: str, service: Service) -> str:
    """Where `service` puts a refused record of `topic`: beside the door, or its own for the voices."""
    return topic + REJECTED if parse_door(topic) else f"banjie.{service}{REJECTED}"
