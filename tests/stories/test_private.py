"""What nobody outside may know of the infant's case, whatever way they ask; and what no rule can read."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest

from cli.demo.cast import settings_of
from cli.demo.script import Script
from cli.demo.tale import HIDDEN
from libs.casework.topics import CASES
from libs.plumbing.kafka import kafka_consumer
from tests.stories.conftest import Evening

UNKNOWN = (
    "前天说的那个事情到底怎么样了",
    "麻烦你们来一趟吧，情况当面说",
    "隔壁那个东西又来了，大家都看见了",
    "上回那件事，老样子",
)
pytestmark = pytest.mark.timeout(450)


async def test_a_private_case_shows_neither_category_nor_place_nor_unit_on_the_topic(
    evening: Evening, script: Script
) -> None:
    infant = evening.story(2)["cases"]["infant"]
    news = [cloud for cloud in await everything(evening, script) if cloud["subject"] == infant]
    assert len(news) >= 13
    assert not {name for cloud in news for name in cloud["data"]} & HIDDEN
    assert not any(cloud["data"]["public"] for cloud in news)
    assert "infant_supplies" not in str(news)
    assert "140213053901" not in str(news)


async def test_a_public_case_does_show_them(evening: Evening, script: Script) -> None:
    leaves = evening.story(4)["cases"]["leaves"]
    news = [cloud for cloud in await everything(evening, script) if cloud["subject"] == leaves]
    shown = {name for cloud in news for name in cloud["data"]}
    assert {"category", "grid", "community", "lead"} <= shown


def test_public_tracking_tells_stages_and_nothing_else(evening: Evening) -> None:
    report = {
        "text": "桐城金城小区7号楼2单元婴儿奶粉和尿不湿断了",
        "address": "和泰社区桐城金城小区7号楼2单元",
    }
    with evening.installation.http() as resident:
        key = {"Idempotency-Key": f"track-{uuid4()}"}
        taken = resident.post("/intake/v1/reports", json=report, headers=key).json()
        answer = resident.get("/intake/v1/track", headers={"Receipt-Code": taken["receipt"]})
    assert answer.status_code == 200
    assert set(answer.json()) - {"expected"} == {"number", "stage", "stage_zh", "stages"}
    assert all(set(stage) == {"stage", "stage_zh", "at"} for stage in answer.json()["stages"])


def test_reports_that_no_rule_can_read_wait_for_a_clerk(evening: Evening) -> None:
    with evening.installation.http() as resident, evening.installation.http("clerk") as clerk:
        sent = set()
        for text in UNKNOWN:
            body = {"text": text, "place": {"lon": 113.297119, "lat": 40.082245}}
            taken = resident.post(
                "/intake/v1/reports", json=body, headers={"Idempotency-Key": f"unknown-{uuid4()}"}
            )
            sent.add(taken.json()["case_id"])
        end = time.monotonic() + 30
        while not sent <= (waiting := queue(clerk)).keys():
            assert time.monotonic() < end, (sent, waiting)
            time.sleep(0.1)
    assert all(waiting[case]["because"] for case in sent)


def queue(clerk: Any) -> dict[str, Any]:
    """What waits for the clerk, by case."""
    page = clerk.get("/triage/v1/queue", params={"limit": 200}).json()
    return {case["case_id"]: case for case in page["cases"]}


async def everything(evening: Evening, script: Script) -> list[dict[str, Any]]:
    """All of `banjie.cases`, read from the beginning as the city platform, which may follow it."""
    settings = settings_of(evening.installation.home, script)["city_platform"]
    consumer = kafka_consumer(settings, CASES)
    await consumer.start()
    try:
        found: list[dict[str, Any]] = []
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [json.loads(record.value) for record in records]
        return found
    finally:
        await consumer.stop()
