"""What has been delivered comes again, in any order; nothing happens twice."""

import json
from time import perf_counter
from typing import Any

import pytest

from libs.casework.topics import VOICES
from libs.plumbing.kafka import Publisher
from tests.faults.scenario import Scenario
from tests.support.nothing_lost import assert_nothing_is_lost, heard
from tests.support.partners import CHECKS, REPORTS, WORK, Partners
from tests.support.whole import Whole

TOPICS = (REPORTS, WORK, CHECKS, *VOICES)
pytestmark = [pytest.mark.faults, pytest.mark.timeout(500)]


async def test_a_thousand_records_delivered_again_and_out_of_order_change_nothing(
    whole: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        while len(partners.sent.closed_at) < 20:
            await scenario.a_while(0.1, 0.2)
        scenario.blow = perf_counter()
        assert await again(whole, partners, scenario, 500)

    partners = await scenario.run(whole, hurt, cases=400)
    assert await again(whole, partners, scenario, 1000) == 1000
    await whole.quiet()
    await assert_nothing_is_lost(whole, partners.sent)


async def again(whole: Whole, partners: Partners, scenario: Scenario, most: int) -> int:
    """Send records of all doors and voices again, as they are, shuffled; how many."""
    clouds = [(topic, cloud) for topic in TOPICS for cloud in await heard(whole, topic)]
    cases = {case for named in partners.sent.cases().values() for case in named}
    ours = [(topic, cloud) for topic, cloud in clouds if _name(cloud) in cases | partners.sent.reports]
    scenario.random.shuffle(ours)
    publisher = Publisher(whole.settings())
    try:
        for topic, cloud in ours[:most]:
            await publisher.put(topic, _name(cloud).encode(), json.dumps(cloud, ensure_ascii=False).encode())
        await publisher.flush()
    finally:
        await publisher.stop()
    return len(ours[:most])


def _name(cloud: dict[str, Any]) -> str:
    return str(cloud.get("subject") or cloud.get("id"))
