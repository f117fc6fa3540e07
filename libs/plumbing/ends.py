"""How a process ends when it must not go on."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

UNEXPECTED = 70
"""Something that we do not understand: start again, carefully."""
RESTART = 75
"""Something around us changed (topics, an emptied broker): start again at once."""
REFUSED = 2
"""The process cannot do its work as it was told to; starting again will not help."""


class RefusedToStartError(RuntimeError):
    """A process cannot start as it was told to; the message is one plain line that says what to mend."""


def refuse(service: str, error: RefusedToStartError, end: Callable[[int], NoReturn]) -> NoReturn:
    """Say why on stderr and end with code 2."""
    sys.stderr.write(f"{service}: {error}\n")
    end(REFUSED)


def hard_exit(code: int) -> NoReturn:
    """End now, without unwinding: an exception that leaves a Faust agent would lose records."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def exit_within(seconds: float) -> None:
    """End the process after `seconds` if it is still there then: stopping must not depend on what is being stopped."""
    timer = threading.Timer(seconds, hard_exit, (UNEXPECTED,))
    timer.daemon = True
    timer.start()
