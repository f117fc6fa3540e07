"""All events of a case, and `EVENTS`, the registry that reads them back from the log."""

from libs.casework.events.appeals import APPEALS
from libs.casework.events.closure import CLOSURE
from libs.casework.events.dispatch import DISPATCH
from libs.casework.events.intake import INTAKE
from libs.casework.events.model import ContentRef, Event, Registry, UnknownEvent
from libs.casework.events.oversight import OVERSIGHT
from libs.casework.events.triage import TRIAGE

EVENTS = Registry(INTAKE, TRIAGE, DISPATCH, APPEALS, CLOSURE, OVERSIGHT)

__all__ = ["EVENTS", "ContentRef", "Event", "Registry", "UnknownEvent"]
