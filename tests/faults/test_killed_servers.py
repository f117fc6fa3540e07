"""MongoDB and Kafka killed with -9 several times, and Kafka's data deleted, with every case under way."""

import asyncio
from time import perf_counter

import pytest

from tests.faults.scenario import Scenario
from tests.support.nothing_lost import heard
from tests.support.partners import Partners
from tests.support.whole import Whole

KILLS = 3
pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(500),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.mark.parametrize("name", ["mongod", "kafka"])
async def test_a_server_that_is_killed_again_and_again_costs_time_and_nothing_else(
    name: str, whole: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        for _ in range(KILLS):
            await asyncio.to_thread(whole.wait_up)
            await scenario.a_while()
            await scenario.kill(whole, name)

    await scenario.run(whole, hurt)


async def test_both_servers_killed_at_once_come_back_together(whole: Whole, scenario: Scenario) -> None:
    async def hurt(partners: Partners) -> None:
        await scenario.a_while()
        await scenario.kill(whole, "mongod", "kafka")

    await scenario.run(whole, hurt)


async def test_a_broker_whose_data_was_deleted_is_given_everything_again(
    whole: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        await scenario.a_while(1.0, 3.0)
        scenario.blow = perf_counter()
        await asyncio.to_thread(whole.empty_kafka)

    partners = await scenario.run(whole, hurt)
    cases = {cloud["subject"] for cloud in await heard(whole, "banjie.intake")}
    assert cases >= {case for named in partners.sent.cases().values() for case in named}
