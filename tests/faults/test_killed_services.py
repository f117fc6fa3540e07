"""Each service killed with -9 at random moments, with every case under way."""

import pytest

from tests.faults.scenario import Scenario
from tests.support.partners import Partners
from tests.support.whole import Whole

KILLS = 3
pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(500),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.mark.parametrize("name", ["intake", "triage", "dispatch", "closure", "sla", "relay", "gateway"])
async def test_a_service_that_is_killed_again_and_again_loses_and_repeats_nothing(
    name: str, whole: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        for _ in range(KILLS):
            await scenario.a_while()
            await scenario.kill(whole, name)

    await scenario.run(whole, hurt)
