"""A control room: a street office with a clock on the wall that the test sets, cases, and as many monitors as it wants."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from libs.casestore.append import Append
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import Change, NewCase
from libs.casework.entry import Entry
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.stages.ports import Ports
from services.sla.app import reference
from services.sla.firing import Firing
from services.sla.handlers import Keeper
from services.sla.rows import Rows
from services.sla.rules import Reference
from services.sla.state import State
from services.sla.sweep import Sweep
from tests.support.calendars import at
from tests.support.cases import OFFICE, a_speaker
from tests.support.planted import Garden
from tests.support.street_office import StreetOffice

NINE = at("2026-11-25 09:00")
OURS = ("deadline_warned.v1", "deadline_breached.v1", "deadline_escalated.v1")


class Wall:
    """A clock (µs UTC) that stands where it was set."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Room:
    """Cases since nine o'clock of a working Wednesday; those that were dispatched have to be signed for by ten."""

    def __init__(self, ports: Ports, wall: Wall, data: Reference | None = None) -> None:
        self.ports, self.wall, self.garden = ports, wall, Garden(ports)
        self.data = data or reference()
        self.rows = Rows(ports.database, self.data.version)
        self.keeper = Keeper(ports.store, self.rows, self.data, ports.rejections)
        self.sweep = Sweep(ports.store, self.rows, self.keeper)

    def firing(self, store: CaseStore | None = None) -> Firing:
        """One more monitor's hand."""
        return Firing(store or self.ports.store, self.rows, self.data, self.wall, State())

    async def dispatched(self, stage: Stage = Stage.DISPATCHED) -> Case:
        """A case at nine o'clock, with its row."""
        case = await self.garden.a_case_at(stage)
        await self.keeper.read_anew([case.id])
        return case

    async def reported(self, number: int) -> list[UUID]:
        """Many cases at once, in order, with their rows."""
        ids = [uuid7() for _ in range(number)]
        speaker = a_speaker(Service.INTAKE)
        appends = [
            Append((Change(each, NewCase(OFFICE), (_reported(each),)),), speaker, f"open:{each}")
            for each in ids
        ]
        await self.ports.store.append_many(appends)
        await self.swept()
        return ids

    async def swept(self, unchanged_s: float = 0.0) -> int:
        """Go round once over all that has not changed for so long."""
        return await self.sweep.round(self.wall() - int(unchanged_s * 1_000_000))

    async def fire(self, wall: str | int, firing: Firing | None = None) -> None:
        """Set the clock and say all that is due."""
        self.wall.now = wall if isinstance(wall, int) else at(f"2026-11-25 {wall}")
        hand = firing or self.firing()
        while await hand.once():
            pass

    async def said(self, case_id: UUID) -> list[str]:
        """What the monitor said of a case: `warned acceptance 1`."""
        log = (await self.ports.store.logs([case_id]))[case_id]
        return [_text(entry) for entry in log if entry.type in OURS]

    async def count(self, **wanted: Any) -> int:
        """Entries of the log that are ours."""
        return int(await self.ports.database["case_events"].count_documents({"type": {"$in": OURS}} | wanted))


@pytest.fixture
async def room(office: StreetOffice) -> AsyncIterator[Room]:
    wall = Wall(NINE)
    async with office.ports(Service.SLA) as ports:
        store = CaseStore(ports.database, clock=wall)
        await store.start()
        yield Room(replace(ports, store=store, clock=wall), wall)
        await store.stop()


def _reported(case_id: UUID) -> Any:
    return example("reported").model_copy(update={"number": f"YB-{case_id}", "contents": ()})


def _text(entry: Entry) -> str:
    data: Any = entry.data
    words = (data.TYPE.removeprefix("deadline_"), data.clock, str(getattr(data, "level", "")))
    return " ".join(words).strip()
