"""A case's log as a timeline, and how long the case was at each stage. Nothing personal: who acted is pseudonymous."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.casework.entry import Actor
from libs.casework.vocabulary import Service, Stage
from libs.casework.wire import instant
from libs.stages.names import Name, event_name, stage_name


class Told(BaseModel):
    """One entry of the log. `waited_us`: since the entry before it. `hash` chains over `prev` and the stored bytes."""

    seq: int
    rev: int
    event: str
    name: Name
    at: str
    happened_at: str | None
    waited_us: int
    said_by: Service
    actor: Actor
    stage: Stage
    data: dict[str, Any]
    prev: str
    hash: str


class Spent(BaseModel):
    """How long the case was at a stage; `took_us` None: it is there still."""

    stage: Stage
    name: Name
    from_at: str
    to_at: str | None
    took_us: int | None


class Story(BaseModel):
    """The timeline of a case and how long it was at each stage."""

    case_id: UUID
    number: str
    entries: list[Told]
    stages: list[Spent]


def story(case: Case, log: Sequence[Sealed]) -> Story:
    """The log as a timeline."""
    before = [log[0].entry.at, *(sealed.entry.at for sealed in log)] if log else []
    entries = [_told(sealed, at) for sealed, at in zip(log, before, strict=False)]
    return Story(case_id=case.id, number=case.number, entries=entries, stages=_spent(log))


def _told(sealed: Sealed, before: int) -> Told:
    entry = sealed.entry
    return Told(
        seq=entry.seq,
        rev=entry.rev,
        event=entry.type,
        name=event_name(entry.type),
        at=instant(entry.at),
        happened_at=None if entry.happened_at is None else instant(entry.happened_at),
        waited_us=entry.at - before,
        said_by=entry.said_by,
        actor=entry.actor,
        stage=entry.stage,
        data=entry.data.model_dump(mode="json"),
        prev=entry.prev,
        hash=sealed.hash.hex(),
    )


def _spent(log: Sequence[Sealed]) -> list[Spent]:
    entered: list[tuple[Stage, int]] = []
    for sealed in log:
        if not entered or entered[-1][0] is not sealed.entry.stage:
            entered.append((sealed.entry.stage, sealed.entry.at))
    left = [*(at for _, at in entered[1:]), None]
    return [_stay(stage, at, until) for (stage, at), until in zip(entered, left, strict=True)]


def _stay(stage: Stage, at: int, until: int | None) -> Spent:
    took = None if until is None else until - at
    return Spent(
        stage=stage,
        name=stage_name(stage),
        from_at=instant(at),
        to_at=None if until is None else instant(until),
        took_us=took,
    )
