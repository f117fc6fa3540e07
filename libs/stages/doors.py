"""The doors for other systems: each record becomes a message, each message gets one of three outcomes.

Accepted means committed in MongoDB. A refused record lands in the rejection topic with its reason and original bytes;
`banjie.outcomes.<publisher>` tells what became of each message.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic_core import to_json

from libs.casework.refusal import Refusal, Why
from libs.casework.topics import outcomes, parse_door
from libs.casework.wire import instant
from libs.plumbing.kafka import Publisher as KafkaPublisher
from libs.plumbing.records import Record
from libs.plumbing.rejections import Rejections
from libs.stages.messages import Message, id_in, read_message
from libs.stages.outcome import Done, Outcome
from libs.stages.publishers import Publisher, Publishers

Known = tuple[Message, Publisher]
Carry = Callable[[Sequence[Known]], Awaitable[Sequence[Outcome]]]


class Door:
    """Handler for one service's inbound topics; `carry` does what the messages want and answers each."""

    def __init__(
        self,
        carry: Carry,
        publishers: Publishers,
        rejections: Rejections,
        kafka: KafkaPublisher,
        clock: Callable[[], int],
    ) -> None:
        self._carry = carry
        self._publishers = publishers
        self._rejections = rejections
        self._kafka = kafka
        self._clock = clock

    async def on_records(self, records: Sequence[Record]) -> None:
        """Take a batch in; returns when every outcome and rejection is written."""
        read = [await self._read(record) for record in records]
        known = [each for each in read if not isinstance(each, Refusal)]
        carried = iter(await self._carry(known) if known else ())
        for record, each in zip(records, read, strict=True):
            outcome = each if isinstance(each, Refusal) else next(carried)
            await self._tell(record, None if isinstance(each, Refusal) else each[0], outcome)
        await self._kafka.flush()

    async def _read(self, record: Record) -> Known | Refusal:
        topic = parse_door(record.topic)
        publisher = await self._publishers.get(topic.publisher) if topic else None
        if publisher is None:
            return Refusal(Why.NOT_ALLOWED, f"no publisher is registered for {record.topic}", field="topic")
        message = read_message(record.value, publisher.name, self._clock())
        return message if isinstance(message, Refusal) else (message, publisher)

    async def _tell(self, record: Record, message: Message | None, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            await refuse(self._rejections, record, outcome)
        topic = parse_door(record.topic)
        if topic:
            named = message.id if message else id_in(record.value)
            key = (named or f"{record.topic}/{record.partition}/{record.offset}").encode()
            value = outcome_bytes(record, named, outcome, self._clock())
            await self._kafka.put(outcomes(topic.publisher), key, value)


async def refuse(rejections: Rejections, record: Record, refusal: Refusal) -> None:
    """Put a refused record into the rejection topic, with what was wrong and what is allowed."""
    await rejections.reject(
        record, refusal.code, detail_of(refusal), field=refusal.field, allowed=refusal.allowed
    )


def detail_of(refusal: Refusal) -> str:
    """The refusal in one line that names the stage and the attempted step where there are any."""
    stage = f"stage {refusal.stage}, " if refusal.stage else ""
    return refusal.detail + (f" [{stage}attempted {refusal.attempted}]" if refusal.attempted else "")


def outcome_bytes(record: Record, message: str | None, outcome: Outcome, now: int) -> bytes:
    """The CloudEvent on the outcomes topic. Names the message by its id, or by its place when it had none."""
    place = f"{record.topic}/{record.partition}/{record.offset}"
    cloud: dict[str, Any] = {
        "specversion": "1.0",
        "id": place,
        "source": "/banjie/doors",
        "type": f"banjie.message.{_verdict(outcome)}.v1",
        "time": instant(now),
        "datacontenttype": "application/json",
        "data": {"message": message, "place": place} | _told(outcome),
    }
    if isinstance(outcome, Done):
        cloud["subject"] = str(outcome.case_id)
    return to_json(cloud)


def _verdict(outcome: Outcome) -> str:
    if isinstance(outcome, Refusal):
        return "refused"
    return "duplicate" if outcome.already else "accepted"


def _told(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Done):
        told = {"case": str(outcome.case_id), "seq": outcome.seq, "rev": outcome.rev}
        return told | {"number": outcome.number} if outcome.number else told
    return {
        "code": outcome.code,
        "detail": detail_of(outcome),
        "field": outcome.field,
        "allowed": outcome.allowed,
    }
