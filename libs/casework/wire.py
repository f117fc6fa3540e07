"""What of a case may leave, and in which form. One function, used by topics, webhooks, feeds and outcomes.

CloudEvents 1.0, structured JSON. Always: id, case id, seq, type, stage, office, times. Place and category only when
triage has marked the case public. Never: who did it, words, contact, exact points, photos.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import from_json, to_json

from libs.casework.entry import Entry

TYPE_PREFIX = "banjie.case."
SOURCE_PREFIX = "/banjie/office/"
CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def outward(entry: Entry) -> dict[str, Any]:
    """The CloudEvent that may leave for `entry`, ready for JSON."""
    cloud: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(entry.id),
        "source": SOURCE_PREFIX + entry.office,
        "type": TYPE_PREFIX + entry.type,
        "subject": str(entry.case_id),
        "time": instant(entry.at),
        "sequence": str(entry.seq),
        "datacontenttype": "application/json",
        "data": _data(entry),
    }
    if entry.trace:
        cloud["traceparent"] = entry.trace
    return cloud


def outward_bytes(entry: Entry) -> bytes:
    """`outward` as UTF-8 JSON, the value of a Kafka record or the body of a webhook."""
    return to_json(outward(entry))


def subject_and_sequence(value: bytes) -> tuple[str, int]:
    """Case id and seq of a record written by `outward_bytes`. Raises ValueError or KeyError when it is not one."""
    cloud = from_json(value)
    return cloud["subject"], int(cloud["sequence"])


def instant(at: int) -> str:
    """RFC 3339 with microseconds in UTC, of `at` in µs since the epoch."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _data(entry: Entry) -> dict[str, Any]:
    kind = type(entry.data)
    allowed = kind.ALWAYS | kind.IF_PUBLIC if entry.public else kind.ALWAYS
    data: dict[str, Any] = {
        "stage": entry.stage,
        "office": entry.office,
        "at": entry.at,
        "public": entry.public,
    }
    if entry.happened_at is not None:
        data["happened_at"] = entry.happened_at
    return data | {name: getattr(entry.data, name) for name in sorted(allowed)}
