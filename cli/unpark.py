"""Gives a parked case back to the machine that had put it aside."""

from uuid import UUID

from cli.console import FailedError
from cli.operator import OPERATOR, database
from cli.site import Site
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import AtRev, Change, Speaker
from libs.casework.entry import Actor
from libs.casework.events.oversight import Parked, Unparked
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Role
from libs.plumbing.clock import now_us


async def unpark_case(where: Site, case_id: UUID) -> int:
    """Say in the case's log that the machine may try again; the new seq. `FailedError` when it is not parked."""
    async with database(where) as there:
        store = CaseStore(there, clock=now_us)
        await store.start()
        try:
            return await _unparked(store, case_id)
        finally:
            await store.stop()


async def _unparked(store: CaseStore, case_id: UUID) -> int:
    case = (await store.load([case_id])).get(case_id)
    if case is None:
        raise FailedError(f"no case {case_id}")
    if not case.parked:
        line = f"case {case.number} is at {case.stage} ({case.stage.zh}) and not parked: cannot unpark"
        raise FailedError(line)
    change, speaker = await _said(store, case)
    done = await store.append([change], speaker, key=f"operator:unpark:{case.id}:{case.seq}")
    if isinstance(done, Refusal):
        raise FailedError(done.detail)
    return done.spans[0].last_seq


async def _said(store: CaseStore, case: Case) -> tuple[Change, Speaker]:
    parked = (await store.latest([case.id], Parked.name()))[case.id].entry
    service = parked.data.service if isinstance(parked.data, Parked) else parked.said_by
    actor = Actor(id=OPERATOR, role=Role.ADMINISTRATOR, office=case.office)
    return Change(case.id, AtRev(case.rev), (Unparked(service=service),)), Speaker(service, actor)
