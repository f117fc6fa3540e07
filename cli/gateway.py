"""The gateway: one process, one port for people and systems, every service's API at `/<service>`.

Each service keeps its own database user here too, so least privilege holds inside the one process.
"""

import os
import sys
from pathlib import Path

from cli.catalog import WITH_API, Compose, compose_of
from cli.index import index
from libs.plumbing.runner import Service, run_together
from libs.plumbing.settings import Settings, settings_or_exit


def main() -> int:
    """Run until SIGTERM; the exit code."""
    settings = settings_or_exit()
    secrets = Path(os.environ["BANJIE_SECRETS_DIR"]).parent
    return run_together([_composer(name, secrets) for name in WITH_API], settings, "api", [index()])


def _composer(name: str, secrets: Path) -> Compose:
    def compose(settings: Settings) -> Service:
        os.environ["BANJIE_SECRETS_DIR"] = str(secrets / name)
        own = settings_or_exit(service=name, mongo_user=name, kafka_user=name)
        return compose_of(name)(own)

    return compose


if __name__ == "__main__":
    sys.exit(main())
