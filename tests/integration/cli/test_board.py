"""The board and the ledger of a whole installation, on the command line."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.integration.cli.test_operating import assert_one_line
from tests.support.installation import Installation


def test_the_board_once_and_for_machines(installation: Installation) -> None:
    page: dict[str, Any] = installation.told("sla", "board", "--limit", "5")
    assert set(page) == {"as_of", "counts", "clocks", "after"}
    assert set(page["counts"]["total"]) >= {"blue", "yellow", "red"}
    shown = installation.banjie("sla", "board", "--once", "--unit", "office", "--clock", "response")
    assert shown.code == 0, shown
    for words in ("时限看板 board", "超时 overdue", "滞后 behind", "临期 near due"):
        assert words in shown.out


def test_the_ledger_of_suspended_cases(installation: Installation) -> None:
    assert set(installation.told("sla", "suspended", "--office", "yingbin")) == {"as_of", "cases", "after"}
    assert "挂账台账 suspended" in installation.banjie("sla", "suspended").out
    assert_one_line(installation.banjie("sla", "suspended", "--after", "x"), 1)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal of its own")
def test_the_live_board_is_left_with_ctrl_c_and_leaves_the_terminal_as_it_was(
    installation: Installation,
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cli.main", "sla", "board", "--every", "0.5", "--data"]
    # Where these tests run behind a shell, whatever they start would ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    child = subprocess.Popen(
        [*command, str(installation.folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    os.close(theirs)
    try:
        text = _heard(ours, "board", 60)
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        text += _heard(ours, "\x1b[?25h", 20)
        assert child.wait(20) == 0
    finally:
        child.kill()
        os.close(ours)
    assert "Traceback" not in text
    assert text.count("时限看板 board") >= 2


def _heard(terminal: int, words: str, within_s: float) -> str:
    """What came until these words did."""
    text, end = b"", time.monotonic() + within_s
    while words.encode() not in text:
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        assert ready, f"no {words!r} in: {text.decode(errors='replace')}"
        text += os.read(terminal, 65536)
    return text.decode(errors="replace")
