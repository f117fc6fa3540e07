"""Reports of other systems at the Kafka door: each message gets one of three outcomes, on a topic of its publisher."""

from time import perf_counter
from typing import Any

from libs.casestore.reading import CaseQuery
from libs.casework.topics import REJECTED, Door, door, outcomes
from libs.casework.vocabulary import Service
from libs.plumbing.records import Record
from libs.stages.ports import Ports
from services.intake.app import build
from services.intake.bodies import REPORT_SUBMITTED
from tests.support.street_office import StreetOffice, message, records

REPORT = {"text": "北馨花园的枯枝堆得半人高", "category": "leaf_branch"}


def a_message(message_id: str, **data: Any) -> bytes:
    return message(REPORT | data, REPORT_SUBMITTED, message_id)


async def bring(ports: Ports, publisher: str, *values: bytes, first: int = 0) -> None:
    room = await build(ports)
    (route,) = room.routes
    await route.handler(records(door(Door.REPORTS, publisher), values, first))
    await ports.rejections.settle()


async def told(office: StreetOffice, publisher: str) -> list[tuple[str, str | None]]:
    heard = await office.heard(outcomes(publisher))
    return [(each["type"].split(".")[2], each["data"]["message"]) for each in heard]


async def test_a_message_is_accepted_once_and_a_duplicate_is_told_the_same_case(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports:
        name = await office.publisher(ports, "hotline")
        await bring(ports, name, a_message("m1"), a_message("m2"), a_message("m1"))
        await bring(ports, name, a_message("m2"), first=3)
        cases = (await ports.store.find(CaseQuery())).cases
    heard = await office.heard(outcomes(name))
    assert await told(office, name) == [
        ("accepted", "m1"),
        ("accepted", "m2"),
        ("duplicate", "m1"),
        ("duplicate", "m2"),
    ]
    numbers = {each["data"]["message"]: each["data"]["number"] for each in heard}
    assert set(numbers.values()) == {case.number for case in cases}
    assert all(each["data"]["number"] == numbers[each["data"]["message"]] for each in heard)
    assert {case.publisher for case in cases} == {name}


async def test_no_receipt_code_and_nothing_personal_is_on_the_topics(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports:
        name = await office.publisher(ports, "hotline")
        await bring(ports, name, a_message("m1", address="3号楼"))
    (heard,) = await office.heard(outcomes(name))
    assert set(heard["data"]) == {"message", "place", "case", "seq", "rev", "number"}


BAD = [
    (b"not json", "invalid"),
    (b"[" * 100_000, "invalid"),
    (b"", "invalid"),
    (b"\x00\xff", "invalid"),
    (message([], REPORT_SUBMITTED, "m"), "invalid"),
    (message({"text": "\x00"}, REPORT_SUBMITTED, "m"), "invalid"),
    (message({"text": "\ud800"}, REPORT_SUBMITTED, "m"), "invalid"),
    (message({"text": 5}, REPORT_SUBMITTED, "m"), "invalid"),
    (message({"text": "ok", "seen_on_spot": True}, REPORT_SUBMITTED, "m"), "not-allowed"),
    (message({"text": "ok", "office": "shuibosi"}, REPORT_SUBMITTED, "m"), "not-allowed"),
    (message({"text": "ok"}, "banjie.case.filed.v1", "m"), "invalid"),
    (message({"text": "x" * 300_000}, REPORT_SUBMITTED, "m"), "too-large"),
    (message({"text": "ok"}, REPORT_SUBMITTED, "m", time="2100-01-01T00:00:00Z"), "from-the-future"),
]


async def test_bad_messages_are_refused_with_their_reason_and_their_neighbours_are_not(
    office: StreetOffice,
) -> None:
    values = [each for number, (bad, _) in enumerate(BAD) for each in (a_message(f"good-{number}"), bad)]
    async with office.ports(Service.INTAKE) as ports:
        name = await office.publisher(ports, "hotline")
        await bring(ports, name, *values)
    rejected = await office.heard(door(Door.REPORTS, name) + REJECTED)
    assert [verdict for verdict, _ in await told(office, name)] == ["accepted", "refused"] * len(BAD)
    assert [each["code"] for each in rejected] == [code for _, code in BAD]
    assert [each["offset"] for each in rejected] == list(range(1, 2 * len(BAD), 2))
    refused = [message for verdict, message in await told(office, name) if verdict == "refused"]
    assert refused == [None] * 4 + ["m", "m", None] + ["m"] * (len(BAD) - 7)  # a lone surrogate is no JSON


async def test_the_same_id_for_another_report_is_refused(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports:
        name = await office.publisher(ports, "hotline")
        await bring(ports, name, a_message("m1"), a_message("m1", text="别的事"))
    rejected = await office.heard(door(Door.REPORTS, name) + REJECTED)
    assert [each["code"] for each in rejected] == ["key-reused"]


async def test_a_topic_without_a_publisher_is_refused(office: StreetOffice) -> None:
    topic = door(Door.REPORTS, f"nobody-{office.name}")
    await office.topics(topic, topic + REJECTED, outcomes(f"nobody-{office.name}"))
    async with office.ports(Service.INTAKE) as ports:
        (route,) = (await build(ports)).routes
        await route.handler([Record(topic, 0, 0, None, a_message("m1"))])
        await ports.rejections.settle()
    assert [each["code"] for each in await office.heard(topic + REJECTED)] == ["not-allowed"]


async def test_five_hundred_reports_are_one_batch(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports:
        name = await office.publisher(ports, "hotline")
        began = perf_counter()
        await bring(ports, name, *(a_message(f"m{number}") for number in range(500)))
        took = perf_counter() - began
        assert await ports.database["cases"].count_documents({}) == 500
    assert took < 10
