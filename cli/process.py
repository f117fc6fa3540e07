"""A child process: one service alone, told by environment and files of secrets. `python -m cli.process triage worker`."""

import sys
from typing import cast

from cli.catalog import compose_of
from libs.plumbing.runner import Role, run
from libs.plumbing.settings import settings_or_exit


def main(name: str, role: str) -> int:
    """Run until SIGTERM; the exit code."""
    return run(compose_of(name), settings_or_exit(), cast(Role, role))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
