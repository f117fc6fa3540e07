"""By when a resident may expect the end: read from the case's log by the office's policies, as the sla service reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.casework.calendar.calendars import Calendars
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import Policies
from libs.casework.deadlines.vocabulary import Clock
from libs.casework.draft import Sealed

_PROMISED = (Clock.RESOLUTION, Clock.CASE)
"""The nearest promise first: mended, then closed."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The data that deadlines go by."""

    policies: Policies
    calendars: Calendars

    def of(self, log: Sequence[Sealed]) -> int | None:
        """The deadline (µs UTC) of the first open clock of those that a resident cares for, None without one."""
        found = clocks((sealed.entry for sealed in log), self.policies, self.calendars)
        due = {each.clock: each.due for each in found if each.open and each.due is not None}
        return next((due[clock] for clock in _PROMISED if clock in due), None)
