"""By which events a clock starts, is done, runs again, is given up: one row a clock. Nothing else decides it."""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.casework.deadlines.vocabulary import Clock

_NONE = frozenset[str]()
_BEGINNINGS = frozenset({"reported.v1", "split_off.v1", "reinstated.v1", "reopened.v1"})
ENDINGS = frozenset({"closed.v1", "rejected.v1", "merged.v1", "withdrawn.v1"})
"""After these every clock has ended."""


@dataclass(frozen=True, slots=True)
class Signs:
    """A clock starts unless one of its kind is still there. What is done may run `again`, with what was used up to then."""

    starts: frozenset[str]
    done: frozenset[str]
    again: frozenset[str] = _NONE
    given_up: frozenset[str] = _NONE


SIGNS: Mapping[Clock, Signs] = {
    Clock.RESPONSE: Signs(_BEGINNINGS, frozenset({"dispatched.v1"})),
    Clock.ACCEPTANCE: Signs(
        frozenset({"dispatched.v1", "handed_over.v1"}),
        frozenset({"accepted.v1"}),
        given_up=frozenset({"returned.v1", "handed_over.v1"}),
    ),
    # A return does not stop it: the time until the next dispatch is the office's, on the same clock.
    Clock.RESOLUTION: Signs(
        frozenset({"dispatched.v1"}), frozenset({"resolved.v1"}), again=frozenset({"check_failed.v1"})
    ),
    Clock.CHECK: Signs(frozenset({"resolved.v1"}), frozenset({"check_passed.v1", "check_failed.v1"})),
    Clock.CASE: Signs(_BEGINNINGS, frozenset({"closed.v1"})),
}
"""Work items have their own events with their own names in them: `libs.casework.deadlines.clocks` reads those."""
