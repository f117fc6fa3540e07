"""Whether a clock may be extended (延期): it is there and running, not too often, not by too much. Named conditions in a list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from libs.casework.calendar.amount import Amount, AmountError
from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.calendars import Calendars
from libs.casework.calendar.spec import UnknownYear
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import Policies, Policy
from libs.casework.deadlines.timed import State, Timed
from libs.casework.entry import Entry
from libs.casework.refusal import Refusal, Why

ATTEMPTED = "extend"


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants `by` more for a clock, under its policy and calendar."""

    timed: Timed
    by: Amount
    policy: Policy
    calendar: Calendar


Condition = Callable[[Wish], str | None]
"""What is wrong with a wish, or None."""


def over(wish: Wish) -> str | None:
    """Only a running clock has something to extend; while it is paused nobody can tell from when on."""
    if wish.timed.state is State.RUNNING and wish.timed.due is not None:
        return None
    return f"{wish.timed.key} is {wish.timed.state} ({wish.timed.state.zh}): only a running clock with a deadline is extended"


def not_extendable(wish: Wish) -> str | None:
    """The policy says which clocks may be extended at all."""
    if wish.timed.clock in wish.policy.extensions:
        return None
    known = ", ".join(wish.policy.extensions)
    return f"policy {wish.policy.id} extends no {wish.timed.clock}; it extends: {known}"


def too_often(wish: Wish) -> str | None:
    """So many times and no more, in one generation."""
    times = wish.policy.extensions[wish.timed.clock].times
    if len(wish.timed.extensions) < times:
        return None
    return f"{wish.timed.key} was extended {len(wish.timed.extensions)} times; policy {wish.policy.id} allows {times}"


def too_much(wish: Wish) -> str | None:
    """It may end no later than the most that is allowed would, whatever the units of the two are."""
    most = wish.policy.extensions[wish.timed.clock].at_most
    due = wish.timed.due
    assert due is not None, "asked after `over`"
    meters = wish.calendar.meters
    try:
        if meters[wish.by.unit].extended(due, wish.by) <= meters[most.unit].extended(due, most):
            return None
    except AmountError as error:
        return str(error)
    return (
        f"{wish.by.zh} {wish.by.en} is more than policy {wish.policy.id} allows at once: {most.zh} {most.en}"
    )


CONDITIONS: tuple[Condition, ...] = (over, not_extendable, too_often, too_much)


def not_to_extend(wish: Wish) -> Refusal | None:
    """Why the clock may not be extended so, or None. Raises `UnknownYear` where no table reaches."""
    wrong = next(filter(None, (each(wish) for each in CONDITIONS)), None)
    return Refusal(Why.NOT_ALLOWED, wrong, attempted=ATTEMPTED, field="by") if wrong else None


def not_to_extend_by(
    log: Iterable[Entry], clock: str, by: Amount, policies: Policies, calendars: Calendars
) -> Refusal | None:
    """Why the clock of that key may not be extended so in a case with this log, or None."""
    there = [one for one in clocks(log, policies, calendars) if one.state is not State.SUPERSEDED]
    timed = next((one for one in reversed(there) if one.key == clock), None)
    if timed is None:
        known = tuple(dict.fromkeys(one.key for one in there))
        return Refusal(Why.INVALID, f"the case has no clock {clock}", None, ATTEMPTED, known, "clock")
    if timed.trouble:
        return Refusal(Why.NOT_ALLOWED, timed.trouble, attempted=ATTEMPTED, field="clock")
    try:
        return not_to_extend(Wish(timed, by, policies.get(timed.policy), calendars.get(timed.calendar)))
    except UnknownYear as error:
        return Refusal(Why.NOT_ALLOWED, str(error), attempted=ATTEMPTED, field="by")
