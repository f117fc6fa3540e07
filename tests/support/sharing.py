"""Who shares servers and installations when tests run side by side. Loaded by tests/conftest.py.

Files of one folder that share a whole installation stay in one process, so that it is started once; every other file goes
to whoever is free. Without `-n` nothing of this matters but the order.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/integration/cli", "tests/stories", "tests/faults")
"""Longest first: whatever is started last keeps one process busy while the other has nothing left."""


class _ByInstallation(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in _TOGETHER if file.startswith(f"{folder}/")), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Files by installation, in the order of collection."""
    config.option.loadscopereorder = False
    return _ByInstallation(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first."""
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    return next((turn for turn, folder in enumerate(_TOGETHER) if nodeid.startswith(folder)), len(_TOGETHER))
