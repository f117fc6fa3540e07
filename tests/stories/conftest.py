"""One installation that `banjie demo` itself has started; the stories may be told there again, and it may be hurt."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from cli.demo.script import Script, read_script
from tests.support.installation import Installation, Ran, banjie


class Evening(NamedTuple):
    """The installation, and what the demo that started it said for machines."""

    installation: Installation
    ran: Ran

    @property
    def told(self) -> Any:
        """What was told."""
        return self.ran.json

    def story(self, number: int) -> Any:
        """One story of it."""
        return next(story for story in self.told["stories"] if story["story"] == number)


@pytest.fixture(scope="session")
def script() -> Script:
    """The stories as they are shipped."""
    return read_script()


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    one = Installation(tmp_path_factory.mktemp("evening") / "data")
    try:
        port = ("--port", str(one.port))
        ran = banjie("demo", "--json", "--data", one.folder, *port, within=400)
        assert ran.code == 0, (ran, one.tail("supervisor"))
        yield Evening(one, ran)
    finally:
        one.stop()
