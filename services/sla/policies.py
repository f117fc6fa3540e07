"""HTTP in: the policy versions, a preview of another one, and moving many cases at once with a result for each."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from libs.casestore.reading import CaseQuery
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.deadlines.policies import Policies, Policy, UnknownPolicy, parse_policies
from libs.casework.deadlines.revising import Revision, not_to_put_in_force
from libs.casework.entry import Entry
from libs.casework.events.oversight import PolicyChanged
from libs.casework.lifecycle import TABLE
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.plumbing.access import CommandKey, require
from libs.plumbing.data import DataUnreadable, parsed
from libs.plumbing.limits import body_limit
from libs.plumbing.principals import Principal
from libs.stages.commands import Command, CommandKind, Desk
from libs.stages.http import command_from, offices_for, problem_from
from libs.stages.outcome import Done, Outcome
from libs.stages.scope import DISTRICT_ROLES
from services.sla.bodies import LONGEST_FILE, PolicyChanges, Previewed
from services.sla.named import LeftOut, not_found, not_moved
from services.sla.preview import Group, MovedCase, Preview, grouped
from services.sla.rules import Reference

Looks = Annotated[Principal, Depends(require(Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR))]
Decides = Annotated[Principal, Depends(require(Role.SUPERVISOR, Role.ADMINISTRATOR))]
MOVABLE = frozenset(stage for row in TABLE if row.event == PolicyChanged.name() for stage in row.at if stage)
"""The stages at which THE table lets a case be moved."""
FEW = 10
"""Cases at a time, some 20 ms: whoever else asks waits no longer."""


class Version(BaseModel):
    """A policy version. `effective_from` None: since ever; `in_force`: what is filed now goes by it."""

    id: str
    zh: str
    en: str
    effective_from: str | None
    in_force: bool


class PreviewPage(BaseModel):
    """Of `looked_at` open cases those that would be moved, and their counts; `after` asks for the next page.

    `left_out`: of the cases that were named those that are not among them, each once.
    """

    version: Version
    looked_at: int
    cases: tuple[MovedCase, ...]
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    after: str | None


class Result(BaseModel):
    """What became of one case: `done`, `already` or `refused`, then with code and reason."""

    case_id: UUID
    outcome: str
    seq: int | None = None
    code: Why | None = None
    detail: str | None = None


class Results(BaseModel):
    """One for each case, in order."""

    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the reviewed data knows, by id, to hold a new policies file against."""

    categories: frozenset[str]
    offices: frozenset[str]


@dataclass(frozen=True, slots=True)
class PolicyDoor:
    """The endpoints. `clock` gives µs UTC; `change` is the command that moves a case."""

    store: CaseStore
    data: Reference
    known: Known
    clock: Callable[[], int]
    change: CommandKind
    desk: Desk

    def router(self) -> APIRouter:
        """The routes, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["policies"])
        routes.add_api_route(
            "/policies", self.versions, methods=["GET"], summary="时限规则 · policy versions"
        )
        routes.add_api_route(
            "/policies/preview",
            self.preview,
            methods=["POST"],
            summary="规则预览 · what another would change",
        )
        routes.add_api_route(
            "/policy-changes", self.change_many, methods=["POST"], summary="批量变更时限规则 · move cases"
        )
        return routes

    async def versions(self, caller: Looks) -> tuple[Version, ...]:
        """Every version, the oldest first."""
        current = self.data.policies.in_force(self.clock())
        return tuple(_version(one, current) for one in self.data.policies.policies)

    @body_limit(4 * LONGEST_FILE)
    async def preview(self, caller: Looks, body: Previewed) -> PreviewPage:
        """Which open cases would get other deadlines; nothing is touched."""
        now = self.clock()
        policies, to = await self._wanted(body, now)
        preview = Preview(self.data, policies, to.id, now)
        # Whoever sees every office and asks for none means the own one: there they decide.
        offices = await offices_for(caller, body.office or caller.office, self.store.offices)
        query = _query(offices, body)
        page = await self.store.find(query, body.limit, str(body.after) if body.after else None)
        logs = await self.store.logs([case.id for case in page.cases])
        moved = await _moved(preview, page.cases, logs, body.of)
        left_out = [] if body.after else await self._not_found(caller, query)
        if body.cases:
            going = [one.case_id for one in moved]
            left_out += not_moved(page.cases, going, logs, to.id, self.data.policies)
        return PreviewPage(
            version=_version(to, self.data.policies.in_force(now)),
            looked_at=len(page.cases),
            cases=moved,
            groups=grouped(moved),
            left_out=tuple(left_out),
            after=page.after,
        )

    async def change_many(self, caller: Decides, key: CommandKey, body: PolicyChanges) -> Results:
        """Move each case by itself: none waits or fails for another, and doing it again does nothing."""
        one = body.of_each
        asked = [command_from(self.change, each, caller, f"{key}/{each}", one) for each in body.cases]
        commands = [each for each in asked if isinstance(each, Command)]
        groups = [commands[begin : begin + FEW] for begin in range(0, len(commands), FEW)]
        outcomes = iter([outcome for group in groups for outcome in await self.desk.run(group)])
        told = [each if isinstance(each, Refusal) else next(outcomes) for each in asked]
        return Results(results=tuple(map(_result, body.cases, told)))

    async def _not_found(self, caller: Principal, query: CaseQuery) -> list[LeftOut]:
        named = query.ids or ()
        there = await self.store.load(named) if named else {}
        own = None if caller.has(*DISTRICT_ROLES) else caller.office
        return list(not_found(named, there, query, own))

    async def _wanted(self, body: Previewed, now: int) -> tuple[Policies, Policy]:
        field = "to" if body.file is None else "file"
        try:
            policies = self.data.policies
            if body.file is not None:
                # What is read for long is read beside the loop: a lease has to be renewed meanwhile.
                policies = await asyncio.to_thread(self._from_file, body.file, now)
            field = "to"
            return policies, policies.get(body.to) if body.to else policies.policies[-1]
        except (DataUnreadable, UnknownPolicy) as error:
            raise problem_from(Refusal(Why.INVALID, str(error), attempted="preview", field=field)) from None

    def _from_file(self, text: str, now: int) -> Policies:
        policies = _parsed(text)
        calendars = frozenset(self.data.calendars.names)
        revision = Revision(
            policies, self.data.policies, now, self.known.categories, calendars, self.known.offices
        )
        wrong = not_to_put_in_force(revision)
        if wrong:
            raise DataUnreadable(wrong)
        return policies


# A preview of many pages sends the same file with each.
@lru_cache(maxsize=2)
def _parsed(text: str) -> Policies:
    return parsed(text, "the file", parse_policies)


async def _moved(
    preview: Preview, cases: Sequence[Case], logs: Mapping[UUID, list[Entry]], of: str | None
) -> tuple[MovedCase, ...]:
    found = list[MovedCase | None]()
    for number, case in enumerate(cases, 1):
        if case.id in logs:
            found.append(preview.of_case(case, logs[case.id], of))
        if number % FEW == 0:
            await asyncio.sleep(0)
    return tuple(filter(None, found))


def _query(offices: Sequence[str], body: Previewed) -> CaseQuery:
    """Open cases that have been filed."""
    return CaseQuery(
        ids=body.cases or None,
        offices=offices,
        stages=sorted(MOVABLE),
        unit=body.unit,
        category=body.category,
    )


def _version(one: Policy, current: Policy) -> Version:
    begins = one.effective_from.isoformat() if one.effective_from else None
    return Version(id=one.id, zh=one.zh, en=one.en, effective_from=begins, in_force=one.id == current.id)


def _result(case_id: UUID, outcome: Outcome) -> Result:
    if isinstance(outcome, Done):
        return Result(case_id=case_id, outcome="already" if outcome.already else "done", seq=outcome.seq)
    return Result(case_id=case_id, outcome="refused", code=outcome.code, detail=outcome.detail)
