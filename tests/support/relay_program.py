"""A relay in a process of its own, for tests that kill and stop it: `python -m tests.support.relay_program`."""

import sys

from libs.plumbing.runner import run
from libs.plumbing.settings import settings_or_exit
from services.relay.app import compose

if __name__ == "__main__":
    sys.exit(run(compose, settings_or_exit(service="relay"), "worker"))
