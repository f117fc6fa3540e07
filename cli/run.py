"""`banjie run`: one service alone, in the foreground."""

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from cli.catalog import ROOTS, WITH_API, compose_of
from cli.console import FailedError, UsageError, err
from cli.embedded import GATEWAY
from cli.gateway import main as run_gateway
from cli.home import Home
from cli.options import Data, Port
from cli.running import running_home
from cli.site import from_environment
from libs.plumbing import runner
from libs.plumbing.embedded.ports import is_free
from libs.plumbing.runner import Role
from libs.plumbing.settings import read_settings

NAMES = (*ROOTS, GATEWAY)
PORT, SECRETS = "BANJIE_HTTP_PORT", "BANJIE_SECRETS_DIR"
_PORTS_TO_TRY = 100


def run_service(
    service: Annotated[str, typer.Argument(help=", ".join(NAMES), autocompletion=lambda: list(NAMES))],
    role: Annotated[Role, typer.Option(help="its HTTP door, its worker, or both")] = "all",
    port: Port = None,
    data: Data = None,
) -> None:
    """Run one service alone: on the servers that BANJIE_MONGO_URI names, else on those of the data folder."""
    if service not in NAMES:
        raise UsageError(f"there is no service {service!r}; known: {', '.join(NAMES)}")
    if not from_environment(data):
        os.environ.update(_told(running_home(data), service, port))
    elif port:
        os.environ[PORT] = str(port)
    raise SystemExit(_gateway() if service == GATEWAY else _alone(service, role))


def _alone(service: str, role: Role) -> int:
    settings = read_settings(service=service)
    if role != "worker":
        err.print(f"{service}: http://{settings.http_host}:{settings.http_port}/{service}")
    return runner.run(compose_of(service), settings, role)


def _gateway() -> int:
    if not os.environ.get(SECRETS):
        raise UsageError(f"{SECRETS} is missing: a folder of secrets beside those of {', '.join(WITH_API)}")
    return run_gateway()


def _told(home: Home, service: str, port: int | None) -> Mapping[str, str]:
    """What the supervisor tells its children, and another name: a second copy is a second member of its group."""
    whose = service if service != GATEWAY else "records"
    for name in WITH_API if service == GATEWAY else ():
        home.service_files(name)
    chosen = _free(port, home.http_port() + 1)
    own = {"BANJIE_SERVICE": service, "BANJIE_INSTANCE": f"run-{os.getpid()}", PORT: str(chosen)}
    return {**home.service_env(whose, home.reach()), **own}


def _free(port: int | None, first: int) -> int:
    """The port asked for, which must be free; else the first free one beside the installation's."""
    wanted = [port] if port else range(first, first + _PORTS_TO_TRY)
    found = next((each for each in wanted if is_free(each)), None)
    if found is None:
        raise FailedError(f"port {port or first} is taken; say --port N")
    return found
