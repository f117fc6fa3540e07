"""What a log has said so far of a case, as far as its clocks go by it: facts, policy version, stage, who leads. Used by `clocks`."""

from dataclasses import dataclass, replace
from typing import Any

from libs.casework.deadlines.policies import Policies, Policy, UnknownPolicy
from libs.casework.deadlines.vocabulary import Facts
from libs.casework.entry import Entry
from libs.casework.events import dispatch, intake, triage
from libs.casework.events.model import Event
from libs.casework.events.oversight import PolicyChanged
from libs.casework.fold import BrokenLog
from libs.casework.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody moved the case to another policy version, at `at` (µs UTC), for a reason of the office's list."""

    at: int
    reason: str


def version_after(entry: Entry, before: str, policies: Policies) -> str:
    """The version that a case goes by after `entry`: that in force at its report, at its filing, or what it was moved to."""
    data = entry.data
    if isinstance(data, intake.Reported | triage.Filed):
        return policies.in_force(entry.at).id
    return data.to_version if isinstance(data, PolicyChanged) else before


class Learned:
    """What is known after each entry. `policy` None: the reviewed data does not have `version` any more, `lost` says so."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._facts: Facts | None = None
        self.policy: Policy | None = policies.policies[0]
        self.version = policies.policies[0].id
        self.lost: str | None = None
        self.move: Move | None = None
        self.stage: Stage | None = None
        self.lead: str | None = None
        self.waits = False

    @property
    def facts(self) -> Facts:
        """What decides the limits."""
        assert self._facts is not None, "the first entry set them"
        return self._facts

    def read(self, entry: Entry) -> bool:
        """One entry more; whether limits may be other ones now. Raises `BrokenLog` when the first is no report."""
        before = (self._facts, self.version)
        data = entry.data
        if isinstance(data, intake.Reported):
            self._facts = Facts(entry.office, data.source, entry.public, grid=data.grid)
        if self._facts is None:
            raise BrokenLog(f"a case begins with reported.v1 or split_off.v1, not {entry.type}")
        self._go_by(version_after(entry, self.version, self._policies))
        if isinstance(data, PolicyChanged | triage.Filed):
            self.move = Move(entry.at, data.reason) if isinstance(data, PolicyChanged) else None
        if isinstance(data, dispatch.Dispatched | dispatch.HandedOver):
            self.lead = data.lead
        self._facts = replace(self._facts, office=entry.office, public=entry.public, **_said(data))
        self.waits = _waits(self.waits, data, moved=entry.stage is not self.stage)
        self.stage = entry.stage
        return before != (self._facts, self.version)

    def _go_by(self, version: str) -> None:
        if version == self.version:
            return
        self.version = version
        try:
            self.policy, self.lost = self._policies.get(version), None
        except UnknownPolicy as error:
            # Guessing another version's limits would be worse than saying that nobody can tell.
            self.policy, self.lost = None, str(error)


def _said(data: Event) -> dict[str, Any]:
    """What an event says of the facts."""
    if isinstance(data, triage.Classified):
        return {name: getattr(data, name) for name in ("category", "urgency", "grid", "community")}
    if isinstance(data, triage.Filed):
        return {name: getattr(data, name) for name in ("category", "grid", "community")}
    if isinstance(data, triage.QueuedForClerk):
        place = ("grid", "community") if data.grid or data.community else ()
        said = ("urgency", *place) if data.urgency else place
        return {name: getattr(data, name) for name in said}
    return {}


def _waits(waits: bool, data: Event, *, moved: bool) -> bool:
    """Whether the resident has to answer first: until they do, add something, or the case moves on."""
    if isinstance(data, dispatch.ResidentAwaited):
        return True
    answered = isinstance(data, dispatch.ResidentAnswered | intake.DetailsAdded)
    return waits and not answered and not moved
