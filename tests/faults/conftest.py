"""One whole installation for all that bears sharing, and how each scenario tells how long it was hurt."""

from collections.abc import Iterator

import pytest

from tests.faults.scenario import Scenario
from tests.support.whole import Whole, a_whole_installation


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with a_whole_installation(tmp_path_factory.mktemp("whole") / "data") as one:
        yield one


@pytest.fixture
def scenario(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Scenario:
    return Scenario(request.node.name, capsys)
