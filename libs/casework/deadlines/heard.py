"""What single events tell the clocks: facts of the case, and whether the resident has to answer first. Used by `clocks` alone."""

from typing import Any

from libs.casework.events import dispatch, intake, triage
from libs.casework.events.model import Event


def said(data: Event) -> dict[str, Any]:
    """What an event says of the facts."""
    if isinstance(data, triage.Classified):
        return {name: getattr(data, name) for name in ("category", "urgency", "grid", "community")}
    if isinstance(data, triage.Filed):
        return {name: getattr(data, name) for name in ("category", "grid", "community")}
    if isinstance(data, triage.QueuedForClerk):
        place = ("grid", "community") if data.grid or data.community else ()
        told = ("urgency", *place) if data.urgency else place
        return {name: getattr(data, name) for name in told}
    return {}


def waits(waited: bool, data: Event, *, moved: bool) -> bool:
    """Whether the resident has to answer first: until they do, add something, or the case moves on."""
    if isinstance(data, dispatch.ResidentAwaited):
        return True
    answered = isinstance(data, dispatch.ResidentAnswered | intake.DetailsAdded)
    return waited and not answered and not moved
