"""The seeded slice that every run of the tests includes: something of each fault, in one go."""

import asyncio

import pytest

from tests.faults.scenario import Scenario
from tests.faults.test_poison import poison, send
from tests.faults.test_twice_and_shuffled import again
from tests.support.partners import Partners
from tests.support.whole import Whole

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


async def test_kills_poison_and_repetitions_at_once_lose_and_repeat_nothing(
    whole: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        await send(whole, partners, scenario, scenario.random.sample(poison(), 12))
        await again(whole, partners, scenario, 100)
        await scenario.kill(whole, scenario.random.choice(["triage", "dispatch"]), "relay")
        await scenario.a_while()
        await scenario.kill(whole, "mongod")
        await asyncio.to_thread(whole.wait_up)

    await scenario.run(whole, hurt, cases=120)
