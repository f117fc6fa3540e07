"""The two servers as parts, and how to reach them."""

import asyncio
from dataclasses import dataclass, field

from libs.plumbing.embedded import kafka, mongod
from libs.plumbing.embedded.cache import Servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.kafka import KafkaOptions
from libs.plumbing.embedded.mongod import MongodOptions
from libs.plumbing.embedded.parts import Hook, Part, nothing
from libs.plumbing.embedded.ports import chosen_ports, kept_ports

_PORTS = ("mongod", "kafka", "kafka_controller")


@dataclass(frozen=True)
class Endpoints:
    """How to reach both servers as their administrators. Passwords are for provisioning only."""

    mongo_port: int
    kafka_port: int
    kafka_controller_port: int
    mongo_password: str = field(repr=False)
    kafka_password: str = field(repr=False)
    mongo_user: str = mongod.ADMIN
    kafka_user: str = kafka.ADMIN

    @property
    def mongo_address(self) -> str:
        """MongoDB's address without a user."""
        return mongod.mongo_uri(self.mongo_port)

    @property
    def mongo_uri(self) -> str:
        """MongoDB's address with its admin user: a secret."""
        return self.mongo_uri_for(self.mongo_user, self.mongo_password)

    @property
    def kafka_bootstrap(self) -> str:
        """The broker, `host:port`."""
        return f"127.0.0.1:{self.kafka_port}"

    def mongo_uri_for(self, user: str, password: str) -> str:
        """MongoDB's address for one user: a secret."""
        return mongod.mongo_uri(self.mongo_port, user, password)


@dataclass(frozen=True)
class ServerOptions:
    """What may be tuned, and what is to be provisioned after every start of a server."""

    mongod: MongodOptions = field(default_factory=MongodOptions)
    kafka: KafkaOptions = field(default_factory=KafkaOptions)
    after_mongod: Hook = nothing
    after_kafka: Hook = nothing


_DEFAULTS = ServerOptions()


def choose_endpoints(data: DataDir) -> Endpoints:
    """Choose ports and make passwords where there are none yet. Call it while holding the folder."""
    return _endpoints(data, chosen_ports(data.run / "ports.json", _PORTS))


def known_endpoints(data: DataDir) -> Endpoints:
    """The endpoints of servers that run on this folder already. Raises `EmbeddedError` when none ever did."""
    return _endpoints(data, kept_ports(data.run / "ports.json"))


def embedded_servers(
    data: DataDir, servers: Servers, reach: Endpoints, options: ServerOptions = _DEFAULTS
) -> list[Part]:
    """The parts `mongod` and `kafka` of a data folder."""
    return [_mongod_part(data, servers, reach, options), _kafka_part(data, servers, reach, options)]


def _endpoints(data: DataDir, ports: dict[str, int]) -> Endpoints:
    mongo, broker, controller = (ports[name] for name in _PORTS)
    return Endpoints(mongo, broker, controller, data.secret("mongo-admin"), data.secret("kafka-admin"))


def _mongod_part(data: DataDir, servers: Servers, reach: Endpoints, options: ServerOptions) -> Part:
    data.secret("mongo-key", 96)
    key_file = data.secrets / "mongo-key"
    command = mongod.mongod_command(servers.mongod, data.mongo, key_file, reach.mongo_port, options.mongod)

    async def ready() -> bool:
        return await asyncio.to_thread(mongod.settle, reach.mongo_port, reach.mongo_password)

    return Part("mongod", lambda: command, ready=ready, after_ready=options.after_mongod)


def _kafka_part(data: DataDir, servers: Servers, reach: Endpoints, options: ServerOptions) -> Part:
    properties = data.secrets / "kafka.properties"
    command = kafka.kafka_command(servers, properties, options.kafka)
    password = reach.kafka_password
    text = kafka.kafka_properties(data.kafka, reach.kafka_port, reach.kafka_controller_port, password)

    async def prepare() -> None:
        await kafka.prepare_storage(servers, data, text, password)

    async def ready() -> bool:
        return await kafka.is_ready(reach.kafka_port, password)

    async def healthy() -> bool:
        return kafka.has_storage(
            data
        )  # deleted under a running broker: it would go on as if nothing had happened

    return Part(
        "kafka",
        lambda: command,
        prepare=prepare,
        ready=ready,
        after_ready=options.after_kafka,
        healthy=healthy,
    )
