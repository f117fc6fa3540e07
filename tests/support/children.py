"""Small programs for the supervisor's tests, and a way to run it in a process that can be killed."""

import sys
from pathlib import Path

from libs.plumbing.embedded.parts import Part

SLEEPER = "import time; time.sleep(600)"
DIES = "import sys; print('no bed to sleep in', flush=True); sys.exit(3)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def python(name: str, program: str, *arguments: str, **rest: object) -> Part:
    """A part that runs a Python program given as text."""
    command = [sys.executable, "-S", "-c", program, *arguments]
    return Part(name, lambda: command, **rest)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    """Whether a process exists and is not just waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
