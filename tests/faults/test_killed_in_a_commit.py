"""Services that die exactly between the inserts of a group and its commit, each of them three times."""

from collections.abc import Iterator
from time import perf_counter

import pytest

from tests.faults.scenario import Scenario
from tests.support.partners import Partners
from tests.support.whole import Parts, Whole, a_whole_installation, faulty

pytestmark = [pytest.mark.faults, pytest.mark.timeout(500)]
APPENDING = ("intake", "triage", "dispatch", "closure")


@pytest.fixture(scope="module")
def dying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    def change(whole: Whole, parts: Parts) -> Parts:
        return parts | {name: faulty(parts[name], "die-in-commit") for name in APPENDING}

    with a_whole_installation(tmp_path_factory.mktemp("dying") / "data", change) as one:
        yield one


async def test_a_death_between_insert_and_commit_leaves_nothing_behind(
    dying: Whole, scenario: Scenario
) -> None:
    async def hurt(partners: Partners) -> None:
        scenario.blow = perf_counter()

    await scenario.run(dying, hurt)
    assert [dying.restarts(name) for name in APPENDING] == [3, 3, 3, 3]
