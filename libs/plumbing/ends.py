"""How a process ends when it must not go on."""

import logging
import os
import sys
from typing import NoReturn

UNEXPECTED = 70
"""Something that we do not understand: start again, carefully."""
RESTART = 75
"""Something around us changed (topics, an emptied broker): start again at once."""


def hard_exit(code: int) -> NoReturn:
    """End now, without unwinding: an exception that leaves a Faust agent would lose records."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)
