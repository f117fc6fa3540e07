"""What must hold after any fault, asked of the servers themselves: MongoDB's log, and every record that Kafka holds.

`wrongs` lists in words what does not hold; `assert_nothing_is_lost` insists that it is nothing.
"""

import asyncio
import base64
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.casestore.verify import Range, verify_range
from libs.casework.topics import CASES, parse_door
from libs.plumbing.kafka import kafka_consumer
from tests.support.sent import Sent
from tests.support.whole import Whole

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
REPEATABLE = frozenset({"parked.v1", "unparked.v1", "noted.v1"})
"""Everything else happens once in the straight life of a case."""
LISTENER = {
    "banjie.intake": "triage",
    "banjie.triage": "dispatch",
    "banjie.closure": "dispatch",
    "banjie.dispatch": "closure",
}
SHOWN = 12
Log = Mapping[UUID, Sequence[Mapping[str, Any]]]


async def assert_nothing_is_lost(whole: Whole, sent: Sent) -> None:
    """Accepted once, done once, closed or parked, verified, published, and every refusal told."""
    found = await wrongs(whole, sent)
    assert not found, "\n".join([*found[:SHOWN], f"{len(found)} in all"])


async def wrongs(whole: Whole, sent: Sent) -> list[str]:
    """All that is not as it must be."""
    log = await asyncio.to_thread(_log_since, whole, sent.since)
    states = await asyncio.to_thread(_states, whole, list(log))
    found = [
        *_lost_reports(sent, log),
        *_refused_answers(sent),
        *done_twice(log),
        *(f"case {case} is neither closed nor parked: {state}" for case, state in states.items() if state),
        *await asyncio.to_thread(_unverified, whole),
        *_unpublished(log, await heard(whole, CASES)),
    ]
    for topic in sorted({topic for topic, _ in sent.refused}):
        found += _unrejected(topic, sent, await heard(whole, rejections_of(topic)))
    return found


def rejections_of(topic: str) -> str:
    """Where a refused record of the topic stands."""
    return f"{topic}.rejected" if parse_door(topic) else f"banjie.{LISTENER[topic]}.rejected"


async def heard(whole: Whole, topic: str) -> list[dict[str, Any]]:
    """Every record of a topic that is an object, read from the beginning, each partition in order."""
    consumer = kafka_consumer(whole.settings(), topic, max_partition_fetch_bytes=8 * 1024 * 1024)
    await consumer.start()
    try:
        places = consumer.assignment()
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        waiting = {place for place in places if ends[place] > begins[place]}
        found: list[dict[str, Any]] = []
        while waiting:
            for place, records in (await consumer.getmany(timeout_ms=500)).items():
                found += [cloud for record in records if (cloud := _read(record.value))]
                if records[-1].offset + 1 >= ends[place]:
                    waiting.discard(place)
        return found
    finally:
        await consumer.stop()


def _read(value: bytes) -> dict[str, Any] | None:
    try:
        cloud = json.loads(value)
    except ValueError:
        return None
    return cloud if isinstance(cloud, dict) else None


def _log_since(whole: Whole, since: int) -> Log:
    fields = {"case_id": 1, "seq": 1, "type": 1, "key": 1}
    log: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    with whole.database() as database:
        began = database["case_events"].distinct("case_id", {"type": "reported.v1", "at": {"$gte": since}})
        for event in database["case_events"].find({"case_id": {"$in": began}}, fields).sort("seq", 1):
            log[event["case_id"]].append(event)
    return log


def _states(whole: Whole, cases: Iterable[UUID]) -> dict[UUID, str | None]:
    """Why a case is not at rest; None when it is."""
    with whole.database() as database:
        found = database["cases"].find({"_id": {"$in": list(cases)}}, {"stage": 1, "parked": 1, "awaits": 1})
        return {each["_id"]: None if _rests(each) else f"{each['stage']}, {each['awaits']}" for each in found}


def _rests(case: Mapping[str, Any]) -> bool:
    return case["stage"] == "closed" or bool(case.get("parked"))


def _lost_reports(sent: Sent, log: Log) -> list[str]:
    told = sent.cases()
    found = [f"report {name} was never answered" for name in sorted(sent.unanswered())]
    found += [
        f"report {name} was told several cases: {sorted(cases)}"
        for name, cases in told.items()
        if len(cases) > 1
    ]
    cases = {case for named in told.values() for case in named}
    logged = {str(case) for case in log}
    found += [f"accepted, and not in the log: {case}" for case in sorted(cases - logged)]
    found += [f"in the log, and nobody was told: {case}" for case in sorted(logged - cases)]
    if len(cases) != len(told):
        found.append(f"{len(told)} accepted reports became {len(cases)} cases")
    return found


def _refused_answers(sent: Sent) -> list[str]:
    answers = ((name, cloud["data"]) for name, clouds in sent.outcomes.items() for cloud in clouds)
    return [f"{name} was refused: {data['detail']}" for name, data in answers if "code" in data]


def done_twice(log: Log) -> list[str]:
    """Steps of a straight life that a case took more than once."""
    found = []
    for case, events in log.items():
        counted = Counter(event["type"] for event in events if event["type"] not in REPEATABLE)
        found += [f"case {case}: {count} times {name}" for name, count in counted.items() if count > 1]
    return found


def _unverified(whole: Whole) -> list[str]:
    report = verify_range(whole.where, Range(FIRST, LAST))
    return [f"verify: {finding}" for finding in report.findings]


def _unpublished(log: Log, records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Followed as partners are told to: what is not newer than the last applied is ignored."""
    applied: dict[str, list[str]] = defaultdict(list)
    found = []
    for cloud in records:
        ids, seq = applied[cloud["subject"]], int(cloud["sequence"])
        if seq == len(ids) + 1:
            ids.append(cloud["id"])
        elif seq > len(ids):
            found.append(f"a gap on banjie.cases before {cloud['subject']} {seq}")
    wanted = {str(case): [str(event["_id"]) for event in events] for case, events in log.items()}
    return found + [
        f"on banjie.cases case {case} ends after {len(applied[case])} of {len(ids)}"
        for case, ids in wanted.items()
        if applied[case] != ids
    ]


def _unrejected(topic: str, sent: Sent, rejections: Iterable[Mapping[str, Any]]) -> list[str]:
    kept = [each for each in rejections if each["topic"] == topic]
    found = [
        f"rejected without a reason: {each['id']}" for each in kept if not (each["code"] and each["detail"])
    ]
    originals = Counter({each["id"]: base64.b64decode(each["original"]) for each in kept}.values())
    wanted = Counter(value for door, value in sent.refused if door == topic)
    found += [
        f"not in {rejections_of(topic)}: {value[:80]!r} ({len(value)} bytes)" for value in wanted - originals
    ]
    return found
