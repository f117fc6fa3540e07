"""What the relay publishes for a stored entry, read straight from its bytes.

The same value as `libs.casework.wire.outward_bytes` of the entry, byte for byte (a test holds them together), at a
third of the cost: nothing becomes a model on the way, only what may leave is looked at.
"""

from functools import cache, lru_cache
from typing import Any, NamedTuple

from pydantic_core import PydanticSerializationError, from_json, to_json

from libs.casework.events import EVENTS, Event, UnknownEvent
from libs.casework.lifecycle import TABLE
from libs.casework.topics import CASES, voice
from libs.casework.vocabulary import Service
from libs.casework.wire import SOURCE_PREFIX, TYPE_PREFIX, instant

SECOND = 1_000_000


class Unreadable(ValueError):
    """The bytes are no entry that this version knows: a type from the future, or damage. Quotes no content."""


class News(NamedTuple):
    """One entry, ready to be published: on which topics, under which key (the case id), with which value."""

    case_id: str
    seq: int
    at: int
    topics: tuple[str, ...]
    value: bytes


def news_of(body: bytes) -> News:
    """The news of the entry stored as `body`. Raises `Unreadable`."""
    try:
        entry = from_json(body)
        value = to_json(_cloud(entry))
        topics = _TOPICS[entry["type"], entry["said_by"]]
        return News(entry["case_id"], entry["seq"], entry["at"], topics, value)
    except UnknownEvent as unknown:
        raise Unreadable(f"unknown event type {unknown}") from None
    except KeyError as missing:
        raise Unreadable(f"damaged: no {missing}") from None
    except (ValueError, TypeError, AttributeError, OverflowError, PydanticSerializationError) as damage:
        raise Unreadable(f"damaged: {type(damage).__name__}") from None


def _cloud(entry: dict[str, Any]) -> dict[str, Any]:
    cloud = {
        "specversion": "1.0",
        "id": entry["id"],
        "source": SOURCE_PREFIX + entry["office"],
        "type": TYPE_PREFIX + entry["type"],
        "subject": entry["case_id"],
        "time": _instant(entry["at"]),
        "sequence": str(entry["seq"]),
        "datacontenttype": "application/json",
        "data": _data(entry),
    }
    trace = entry.get("trace")
    if trace:
        cloud["traceparent"] = trace
    return cloud


def _data(entry: dict[str, Any]) -> dict[str, Any]:
    public = entry["public"]
    inner = entry["data"]
    data = {"stage": entry["stage"], "office": entry["office"], "at": entry["at"], "public": public}
    if "happened_at" in entry:
        data["happened_at"] = entry["happened_at"]
    for name, required, default in _leaving(entry["type"], public):
        data[name] = inner[name] if required else inner.get(name, default)
    return data


@cache
def _leaving(event: str, public: bool) -> tuple[tuple[str, bool, Any], ...]:
    kind: type[Event] = EVENTS[event]
    allowed = kind.ALWAYS | kind.IF_PUBLIC if public else kind.ALWAYS
    fields = ((name, kind.model_fields[name]) for name in sorted(allowed))
    return tuple((name, field.is_required(), field.get_default()) for name, field in fields)


def _instant(at: int) -> str:
    return f"{_second(at // SECOND)}.{at % SECOND:06}Z"


@lru_cache(maxsize=1024)
def _second(second: int) -> str:
    return instant(second * SECOND).partition(".")[0]


def _topics() -> dict[tuple[str, str], tuple[str, ...]]:
    wakes = {row.event: row.wakes() is not None for row in TABLE}
    return {
        (event, service.value): (CASES, voice(service)) if wakes.get(event) else (CASES,)
        for event in EVENTS.names()
        for service in Service
    }


_TOPICS = _topics()
