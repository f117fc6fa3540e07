"""A message at a door: CloudEvents 1.0 structured JSON, from a publisher that its topic names."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json

from libs.casework.calendar.zones import micros
from libs.casework.refusal import Refusal, Why
from libs.casework.wire import subject_and_sequence
from libs.plumbing.problems import BOUNDS
from libs.plumbing.records import Record

MAX_BYTES = 256 * 1024
"""A larger message is refused and kept in the rejection topic, not dropped."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(minutes=5)


MessageId = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
MOST_NAMED = 9
_ID: TypeAdapter[str] = TypeAdapter(MessageId)


class CloudEventIn(BaseModel):
    """The attributes that we read; extension attributes are allowed and passed over, as the standard says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"]
    id: MessageId
    type: Annotated[str, Field(min_length=1, max_length=128)]
    source: Annotated[str, Field(min_length=1, max_length=256)]
    subject: UUID | None = None
    time: AwareDatetime | None = None
    traceparent: Annotated[str | None, Field(max_length=64)] = None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A readable message; `happened_at` in µs UTC. `key` is its idempotency key across all publishers."""

    publisher: str
    id: str
    type: str
    subject: UUID | None
    happened_at: int | None
    trace: str | None
    data: dict[str, Any]

    @property
    def key(self) -> str:
        """Publisher and id: the same message again is the same key again."""
        return f"publisher:{self.publisher}/{self.id}"


def read_message(value: bytes, publisher: str, now: int) -> Message | Refusal:
    """The message in a record's value, or why it cannot be one. `now` in µs UTC."""
    if len(value) > MAX_BYTES:
        return Refusal(Why.TOO_LARGE, f"{len(value)} bytes; allowed are {MAX_BYTES}", field="value")
    try:
        event = CloudEventIn.model_validate_json(value)
    except ValidationError as error:
        return refusal_from(error)
    if event.time and event.time - _FUTURE > _EPOCH + timedelta(microseconds=now):
        return Refusal(Why.FROM_THE_FUTURE, f"time {event.time.isoformat()} lies ahead of ours", field="time")
    return Message(
        publisher, event.id, event.type, event.subject, _micros(event.time), event.traceparent, event.data
    )


def refusal_from(error: ValidationError, within: str = "") -> Refusal:
    """The first thing that was wrong, by field, with what is allowed, and the names of the other fields.

    The input itself is not repeated.
    """
    first, *others = error.errors(include_url=False, include_input=False)
    where = _where(first, within)
    named = [_where(other, within) for other in others[:MOST_NAMED]]
    named += [f"and {len(others) - MOST_NAMED} more"] if len(others) > MOST_NAMED else []
    more = f"; wrong too: {', '.join(named)}" if named else ""
    context = first.get("ctx", {})
    allowed = tuple(f"{name} {context[name]}" for name in BOUNDS if name in context)
    return Refusal(Why.INVALID, f"{where}: {first['msg']}{more}", allowed=allowed, field=where)


def _where(one: ErrorDetails, within: str) -> str:
    return ".".join([*([within] if within else []), *map(str, one["loc"])]) or "value"


def id_in(value: bytes) -> str | None:
    """The id of a message that cannot be read otherwise, so that its sender can match the outcome; None without one."""
    try:
        found = from_json(value)["id"]
        return _ID.validate_python(found)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _micros(time: datetime | None) -> int | None:
    return None if time is None else micros(time)


def case_named_by(record: Record) -> UUID | None:
    """The case in a record's subject, None when there is none."""
    try:
        return UUID(subject_and_sequence(record.value)[0])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
