"""The embedded installation as parts of the supervisor: the one place that knows all servers and services."""

import sys
from collections.abc import Awaitable, Callable
from functools import partial

import httpx

from cli.catalog import WITH_API, WORKERS
from cli.home import Home
from cli.provision_kafka import provision_kafka
from cli.provision_mongo import keep_first_key, provision_mongo
from libs.plumbing.embedded.cache import Servers
from libs.plumbing.embedded.parts import Part
from libs.plumbing.embedded.ports import chosen_ports
from libs.plumbing.embedded.stack import Endpoints, ServerOptions, embedded_servers

GATEWAY = "gateway"


def parts_of(home: Home, servers: Servers, reach: Endpoints, http_port: int) -> list[Part]:
    """Servers, then everything that stands on them; each is ready when it says so itself."""

    async def after_mongod() -> None:
        await provision_mongo(home.operator_settings(), home.data.secrets, partial(keep_first_key, home))

    async def after_kafka() -> None:
        await provision_kafka(home.operator_settings(), home.data.secrets)

    options = ServerOptions(after_mongod=after_mongod, after_kafka=after_kafka)
    mongod, kafka = embedded_servers(home.data, servers, reach, options)
    ports = chosen_ports(home.data.run / "worker-ports.json", WORKERS)
    workers = [_worker(home, reach, name, ports[name]) for name in WORKERS]
    return [mongod, kafka, _gateway(home, reach, http_port), *workers]


def _gateway(home: Home, reach: Endpoints, port: int) -> Part:
    for name in WITH_API:
        home.service_files(name)
    env = dict(home.service_env("records", reach)) | {
        "BANJIE_SERVICE": GATEWAY,
        "BANJIE_HTTP_PORT": str(port),
    }
    return Part(GATEWAY, _python("cli.gateway"), env, ("mongod",), ready=_answers(port))


def _worker(home: Home, reach: Endpoints, name: str, port: int) -> Part:
    env = dict(home.service_env(name, reach)) | {"BANJIE_WORKER_PORT": str(port)}
    command = _python("cli.process", name, "worker")
    return Part(name, command, env, ("mongod", "kafka"), ready=_answers(port))


def _python(module: str, *arguments: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", module, *arguments]


def _answers(port: int) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"http://127.0.0.1:{port}/readyz", timeout=2)).is_success
            except httpx.HTTPError:
                return False

    return ready
