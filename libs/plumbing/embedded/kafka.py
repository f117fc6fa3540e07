"""One Apache Kafka broker (KRaft, broker and controller in one process): configuration, storage, start, readiness."""

import asyncio
import base64
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from libs.plumbing.embedded.cache import Servers
from libs.plumbing.embedded.datadir import DataDir, write_private
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.kafka_admin import can_describe
from libs.plumbing.embedded.ports import answers

ADMIN = "admin"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
_SETTINGS = Path(__file__).with_name("broker.properties")
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


@dataclass(frozen=True)
class KafkaOptions:
    """What may be tuned: heap in MB; `full_compiler` costs start-up time and memory for throughput later."""

    heap_mb: int = 320
    full_compiler: bool = False


_DEFAULTS = KafkaOptions()


def kafka_properties(folder: Path, port: int, controller_port: int, password: str) -> str:
    """The broker's configuration. It holds the admin password, so it belongs into a private file.

    Both listeners ask who is there: clients by SCRAM; the controller's by PLAIN, because the first SCRAM user
    only exists once the controller runs. Both are on 127.0.0.1, so no password crosses a network.
    """
    admin = f'required username="{ADMIN}" password="{password}"'
    return "\n".join(f"{key}={value}" for key, value in {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"CLIENT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENT",
        "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-256",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.client.sasl.enabled.mechanisms": "SCRAM-SHA-256",
        "listener.name.client.scram-sha-256.sasl.jaas.config": f"{_SCRAM} {admin};",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": f'{_PLAIN} {admin} user_{ADMIN}="{password}";',
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN}",
        "log.dirs": folder,
    }.items()) + "\n" + _SETTINGS.read_text("utf-8")  # fmt: skip


def kafka_command(servers: Servers, properties: Path, options: KafkaOptions = _DEFAULTS) -> list[str]:
    """The command line of the broker. Passwords are in `properties` only."""
    return [*_java(servers, options), "kafka.Kafka", str(properties)]


async def prepare_storage(servers: Servers, data: DataDir, properties: str, password: str) -> None:
    """Write the configuration and format the storage when there is none (first start, or it was deleted)."""
    write_private(data.secrets / "kafka.properties", properties)
    if has_storage(data):
        return
    fresh = data.root / "kafka.new"
    shutil.rmtree(fresh, ignore_errors=True)
    await _format(
        servers, data, properties.replace(f"log.dirs={data.kafka}\n", f"log.dirs={fresh}\n"), password
    )
    _set_aside(data.kafka)
    fresh.rename(data.kafka)  # in one step: a kill before it leaves nothing half formatted behind


def has_storage(data: DataDir) -> bool:
    """Whether the broker's folder holds formatted storage."""
    return (data.kafka / "meta.properties").exists()


async def is_ready(port: int, password: str) -> bool:
    """Whether the broker lets its admin in and describes itself."""
    if not await asyncio.to_thread(answers, port):
        return False
    return await asyncio.to_thread(can_describe, f"127.0.0.1:{port}", ADMIN, password)


async def _format(servers: Servers, data: DataDir, properties: str, password: str) -> None:
    config, arguments = data.secrets / "kafka-format.properties", data.secrets / "kafka-format.args"
    write_private(config, properties)
    write_private(arguments, f"--add-scram\nSCRAM-SHA-256=[name={ADMIN},password={password}]\n")
    command = [*_java(servers, _DEFAULTS), "kafka.tools.StorageTool", "format"]
    command += ["--cluster-id", _cluster_id(), "--config", str(config), f"@{arguments}"]
    tool = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        output, _ = await tool.communicate()
    finally:
        if tool.returncode is None:  # we are being stopped
            tool.kill()
        config.unlink()
        arguments.unlink()
    if tool.returncode:
        raise EmbeddedError(f"Kafka's storage cannot be formatted: {output.decode(errors='replace')[-300:]}")


def _java(servers: Servers, options: KafkaOptions) -> list[str]:
    compiler = [] if options.full_compiler else ["-XX:TieredStopAtLevel=1"]
    return [
        str(servers.java), f"-Xmx{options.heap_mb}m", "-XX:+UseSerialGC", *compiler,
        "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", "-XX:-UsePerfData",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "-cp", servers.kafka_classpath,
    ]  # fmt: skip


def _cluster_id() -> str:
    # One that begins with a dash looks like an option to the tool.
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")


def _set_aside(folder: Path) -> None:
    """Storage without meta.properties is not storage; keep the last of it for whoever wants to look."""
    if folder.exists() and any(folder.iterdir()):
        broken = folder.with_name("kafka.broken")
        shutil.rmtree(broken, ignore_errors=True)
        folder.rename(broken)
    elif folder.exists():
        folder.rmdir()
