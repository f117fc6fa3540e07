"""What would become of open cases by another policy version: case by case, and counted by unit and category. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from libs.casework.case import Case
from libs.casework.deadlines.explain.wall import Wall
from libs.casework.deadlines.moving import Shift, Standing, shifts, standing, version_of
from libs.casework.deadlines.policies import Policies
from libs.casework.deadlines.timed import Timed
from libs.casework.deadlines.vocabulary import Account
from libs.casework.entry import Entry
from services.sla.rules import Reference


class Deadline(BaseModel):
    """How a clock stands under one version. `limit` None: agreed. `due` None: paused, or `standing` is unknown."""

    limit: str | None
    due: str | None
    standing: Standing


class ShiftView(BaseModel):
    """One running clock whose deadline or limit would be another one."""

    clock: str
    generation: int
    before: Deadline
    after: Deadline


class MovedCase(BaseModel):
    """A case that would be moved; `clocks` are those that change. `late`: the move alone would make it overdue."""

    case_id: UUID
    number: str
    unit: str
    category: str | None
    version: str
    late: bool
    clocks: tuple[ShiftView, ...]


class Group(BaseModel):
    """Counted in cases: `changed` get another deadline, `near` come near one, `overdue` become so, `relieved` are so no more,
    `unknown`: nobody could tell a deadline any more.
    """

    unit: str
    category: str | None
    cases: int
    changed: int
    near: int
    overdue: int
    relieved: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Preview:
    """To the version `to` of `after`, at `now` (µs UTC); nothing is touched."""

    data: Reference
    after: Policies
    to: str
    now: int

    def of_case(self, case: Case, log: Sequence[Entry], of: str | None = None) -> MovedCase | None:
        """None when it goes by that version already, or not by `of`."""
        version = version_of(log, self.data.policies)
        if version == self.to or of not in (None, version):
            return None
        found = shifts(log, self.to, self.data.policies, self.after, self.data.calendars, self.now)
        return MovedCase(
            case_id=case.id,
            number=case.number,
            unit=case.lead or Account.OFFICE.value,
            category=case.category,
            version=version,
            late=any(one.puts_late(self.now) for one in found),
            clocks=tuple(self._view(one) for one in found if one.changes),
        )

    def _view(self, shift: Shift) -> ShiftView:
        before, after = shift.before, shift.after
        return ShiftView(
            clock=before.key,
            generation=before.generation,
            before=self._deadline(before, self.data.policies),
            after=self._deadline(after, self.after),
        )

    def _deadline(self, one: Timed, policies: Policies) -> Deadline:
        return Deadline(
            limit=str(one.target.amount) if one.target else None,
            due=None if one.due is None else self._iso(one, one.due),
            standing=standing(one, policies, self.data.calendars, self.now),
        )

    def _iso(self, one: Timed, due: int) -> str:
        return Wall(self.data.calendars.get(one.calendar).spec.zone).iso(due)


def grouped(cases: Iterable[MovedCase]) -> tuple[Group, ...]:
    """By unit and category, in their order."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for case in cases:
        counts.setdefault((case.unit, case.category or ""), Counter()).update(("cases", *_kinds(case)))
    names = [name for name in Group.model_fields if name not in ("unit", "category")]
    return tuple(
        Group(unit=unit, category=category or None, **{name: counts[unit, category][name] for name in names})
        for unit, category in sorted(counts)
    )


def _kinds(case: MovedCase) -> Iterator[str]:
    """What happens to the case, each kind once."""
    if case.clocks:
        yield "changed"
    pairs = {(one.before.standing, one.after.standing) for one in case.clocks}
    for name in (Standing.NEAR, Standing.OVERDUE, Standing.UNKNOWN):
        if any(after is name is not before for before, after in pairs):
            yield name.value
    if any(before is Standing.OVERDUE is not after for before, after in pairs):
        yield "relieved"
