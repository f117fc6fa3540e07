"""Cases that are named one by one: which of them are left out of a question, and why. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from libs.casestore.reading import CaseQuery
from libs.casework.case import Case
from libs.casework.deadlines.moving import version_of
from libs.casework.deadlines.policies import Policies
from libs.casework.entry import Entry


class Left(StrEnum):
    """Why a case is left out. `unknown`: none that the caller may see; `already`: it goes by the wanted version."""

    UNKNOWN = "unknown"
    OFFICE = "another_office"
    STAGE = "not_at_this_stage"
    UNIT = "another_unit"
    CATEGORY = "another_category"
    VERSION = "another_version"
    ALREADY = "already"
    UNREADABLE = "unreadable"


class LeftOut(BaseModel):
    """A named case that a question passes over. `number` None: no such case is known."""

    case_id: UUID
    number: str | None
    why: Left


def not_found(
    named: Iterable[UUID], there: Mapping[UUID, Case], query: CaseQuery, own: str | None
) -> Iterator[LeftOut]:
    """Those of the named cases that `query` does not find; for whom sees the office `own` only (None: all), others' do not exist."""
    for case_id in dict.fromkeys(named):
        case = there.get(case_id)
        if case is None or own not in (None, case.office):
            yield LeftOut(case_id=case_id, number=None, why=Left.UNKNOWN)
        elif why := _misses(case, query):
            yield LeftOut(case_id=case_id, number=case.number, why=why)


def not_moved(
    cases: Iterable[Case],
    moved: Iterable[UUID],
    logs: Mapping[UUID, Sequence[Entry]],
    to: str,
    known: Policies,
) -> Iterator[LeftOut]:
    """Those of the cases that were found and would not be moved to the version `to`."""
    going = frozenset(moved)
    for case in cases:
        if case.id not in going:
            yield LeftOut(case_id=case.id, number=case.number, why=_stays(logs.get(case.id), to, known))


def _misses(case: Case, query: CaseQuery) -> Left | None:
    """The first condition that it does not meet."""
    conditions = (
        (Left.OFFICE, case.office in (query.offices or ())),
        (Left.STAGE, query.stages is None or case.stage in query.stages),
        (Left.UNIT, query.unit in (None, case.lead)),
        (Left.CATEGORY, query.category in (None, case.category)),
    )
    return next((why for why, met in conditions if not met), None)


def _stays(log: Sequence[Entry] | None, to: str, known: Policies) -> Left:
    if log is None:
        return Left.UNREADABLE
    return Left.ALREADY if version_of(log, known) == to else Left.VERSION
