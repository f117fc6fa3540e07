"""A true sample of every event: its log entry and what of it may leave. Producers and consumers both test against them.

`<event>.json` beside this file is written from here by `python -m tools.generate` and kept true by a test.
"""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from libs.casework.draft import AtSeq, Change, Drafted, NewCase, Sealed, Speaker, draft
from libs.casework.entry import Actor
from libs.casework.events import Event
from libs.casework.lifecycle import row_of
from libs.casework.samples.examples import BEGAN_AT, EXAMPLES, LIVES, MINUTE
from libs.casework.vocabulary import Role, Service
from libs.casework.wire import outward

FOLDER = Path(__file__).parent
OFFICE = "yingbin"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_BY_TYPE = {event.TYPE: event for event in EXAMPLES}
_ROLES = {
    Service.INTAKE: Actor(id="r-7f3a", role=Role.RESIDENT),
    Service.TRIAGE: Actor(id="c-0012", role=Role.CLERK, office=OFFICE),
    Service.DISPATCH: Actor(id="u-0031", role=Role.UNIT_WORKER, office=OFFICE, unit="pmc"),
    Service.CLOSURE: Actor(id="k-0005", role=Role.CHECKER, office=OFFICE, unit="community"),
    Service.SLA: Actor(id="sla", role=Role.SYSTEM),
    Service.RECORDS: Actor(id="a-0002", role=Role.AUDITOR, office=OFFICE),
}


def example(event: str) -> Event:
    """The example of the event type `event`, with or without its version (`filed`, `filed.v1`)."""
    return _BY_TYPE[event.split(".", maxsplit=1)[0]]


def lives() -> tuple[tuple[Sealed, ...], ...]:
    """The logs of the sample cases, sealed by the same function that the store uses."""
    return tuple(tuple(_live(number, life.split())) for number, life in enumerate(LIVES, 1))


def sample(event: str) -> Sealed:
    """The first entry of that event name (`filed.v1`) in the sample cases. Raises KeyError."""
    return samples()[event]


def samples() -> dict[str, Sealed]:
    """One sealed entry for every event name."""
    found: dict[str, Sealed] = {}
    for log in lives():
        for sealed in log:
            found.setdefault(sealed.entry.type, sealed)
    return found


def sample_document(sealed: Sealed) -> dict[str, Any]:
    """What a sample file holds: the entry as logged and the CloudEvent that may leave."""
    return {"event": sealed.entry.type, "entry": from_json(sealed.body), "wire": outward(sealed.entry)}


def _live(number: int, names: list[str]) -> Iterator[Sealed]:
    case_id, new_id = _case_id(number), _ids(number)
    case = None
    for minute, name in enumerate(names):
        event = example(name)
        change = Change(case_id, AtSeq(case.seq) if case else NewCase(OFFICE), (event,))
        drafted = draft(case, change, _speaker(event), BEGAN_AT + minute * MINUTE, new_id)
        assert isinstance(drafted, Drafted), drafted
        case = drafted.case
        yield from drafted.sealed


def _speaker(event: Event) -> Speaker:
    row = row_of(event.name())
    assert row is not None, "every event stands in the table"
    service = min(row.said_by)
    return Speaker(service, _ROLES[service], TRACE)


def _case_id(number: int) -> UUID:
    return UUID(f"0193f000-0000-7000-8000-{number:012d}")


def _ids(number: int) -> Callable[[], UUID]:
    numbers = count(1)
    return lambda: UUID(f"0193f000-0000-7000-a000-{number:04d}{next(numbers):08d}")
