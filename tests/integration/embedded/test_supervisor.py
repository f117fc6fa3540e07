"""The supervisor over small programs: order, restarts, giving up, stopping."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.parts import Part
from libs.plumbing.embedded.patience import Patience
from libs.plumbing.embedded.status import read_status
from libs.plumbing.embedded.supervisor import Supervisor
from tests.support.children import DEAF, DIES, SLEEPER, alive, python

_QUICK = Patience(first=0.05, longest=0.1, deaths=3, window=30)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data")


@asynccontextmanager
async def _running(data: DataDir, *parts: Part) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(parts, data, _QUICK)
    task = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        supervisor.request_stop()
        await task


async def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  what it watches are processes
            await asyncio.sleep(0.01)


def _noting(notes: list[str], word: str) -> Callable[[], Awaitable[None]]:
    async def note() -> None:
        notes.append(word)

    return note


async def test_a_part_starts_when_what_it_needs_is_ready(data: DataDir) -> None:
    notes: list[str] = []
    below = python("below", SLEEPER, after_ready=_noting(notes, "below is ready"))
    above = python("above", SLEEPER, needs=("below",), prepare=_noting(notes, "above starts"))
    async with _running(data, above, below) as supervisor:
        await asyncio.wait_for(supervisor.wait_up(), 10)
    assert notes == ["below is ready", "above starts"]


async def test_a_killed_part_is_started_again_and_provisioned_again(data: DataDir) -> None:
    notes: list[str] = []
    async with _running(data, python("one", SLEEPER, after_ready=_noting(notes, "ready"))) as supervisor:
        await supervisor.wait_up()
        os.kill(supervisor.board.parts["one"].pid or 0, signal.SIGKILL)
        await _until(lambda: supervisor.board.parts["one"].last_exit == -9)
        await supervisor.wait_up()
        assert supervisor.board.parts["one"].restarts == 1
    assert notes == ["ready", "ready"]


async def test_a_part_that_is_not_healthy_any_more_is_replaced(data: DataDir) -> None:
    sick = data.root / "sick"

    async def healthy() -> bool:
        return not sick.exists()

    async with _running(data, python("one", SLEEPER, healthy=healthy)) as supervisor:
        await supervisor.wait_up()
        first = supervisor.board.parts["one"].pid
        sick.touch()
        await _until(lambda: supervisor.board.parts["one"].pid != first)
        sick.unlink()
        await supervisor.wait_up()


async def test_a_crash_loop_is_given_up_with_the_last_words(
    data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor([python("good", SLEEPER), python("bad", DIES)], data, _QUICK)
    assert await asyncio.wait_for(supervisor.run(), 20) == 1
    said = capsys.readouterr().err
    assert "bad died 3 times within 30 s" in said
    assert "no bed to sleep in" in said
    assert supervisor.board.parts["good"].state == "stopped"


async def test_a_part_that_never_gets_ready_is_given_up(data: DataDir) -> None:
    async def never() -> bool:
        return False

    supervisor = Supervisor([python("late", SLEEPER, ready=never, ready_timeout=0.2)], data, _QUICK)
    assert await asyncio.wait_for(supervisor.run(), 20) == 1


async def test_everything_stops_within_ten_seconds_frozen_and_deaf_ones_too(data: DataDir) -> None:
    frozen, deaf = (
        python("frozen", SLEEPER, stop_timeout=0.5),
        python("deaf", DEAF, needs=("frozen",), stop_timeout=0.5),
    )
    async with _running(data, frozen, deaf) as supervisor:
        await supervisor.wait_up()
        await _until(lambda: "deaf" in supervisor.part_log("deaf").read_text())
        pids = [part.pid or 0 for part in supervisor.board.parts.values()]
        os.kill(pids[0], signal.SIGSTOP)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert not [pid for pid in pids if alive(pid)]


async def test_the_status_file_tells_each_part(data: DataDir) -> None:
    async with _running(data, python("one", SLEEPER)) as supervisor:
        await supervisor.wait_up()
        status = read_status(data.status)
        assert status
        assert status["supervisor"] == os.getpid()
        assert status["parts"]["one"]["state"] == "up"
        assert alive(status["parts"]["one"]["pid"])


_SUPERVISED = """
import sys
from pathlib import Path
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.supervisor import supervise
from tests.support.children import DEAF, SLEEPER, python
sys.exit(supervise([python("one", SLEEPER), python("deaf", DEAF)], DataDir(Path(sys.argv[1]))))
"""


def _supervised(data: DataDir) -> tuple[subprocess.Popen[bytes], list[int]]:
    """The supervisor as a process of its own, and the pids of its parts once they are up."""
    process = subprocess.Popen([sys.executable, "-c", _SUPERVISED, str(data.root)], stderr=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if data.status.exists():
            parts = json.loads(data.status.read_text())["parts"].values()
            if all(part["state"] == "up" for part in parts):
                return process, [part["pid"] for part in parts]
        time.sleep(0.02)
    process.kill()
    raise TimeoutError("the supervisor did not come up")


def test_kill_9_of_the_supervisor_leaves_no_process(data: DataDir) -> None:
    process, pids = _supervised(data)
    process.kill()
    process.wait()
    end = time.monotonic() + 5
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.01)
    assert not [pid for pid in pids if alive(pid)]


def test_a_terminated_supervisor_ends_well_and_lets_the_folder_go(data: DataDir) -> None:
    process, pids = _supervised(data)
    process.terminate()
    assert process.wait(10) == 0
    assert not [pid for pid in pids if alive(pid)]
    with data.hold():
        pass
