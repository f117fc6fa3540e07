"""The same two servers as containers, where a Docker engine answers: same configuration, same readiness.

They share the machine's network, so ports, passwords and the localhost exception are those of the embedded servers.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from libs.plumbing.embedded.datadir import DataDir, write_private
from libs.plumbing.embedded.kafka import is_ready, kafka_properties
from libs.plumbing.embedded.mongod import mongod_command, settle
from libs.plumbing.embedded.pins import pinned
from libs.plumbing.embedded.stack import Endpoints, choose_endpoints

IMAGES = {"mongo": "mongo:6.0", "kafka": f"apache/kafka:{pinned().kafka_version}"}
_INSIDE = Path("/banjie")
_FORMAT_AND_RUN = (
    "/opt/kafka/bin/kafka-storage.sh format -t $(/opt/kafka/bin/kafka-storage.sh random-uuid)"
    " -c /banjie/secrets/kafka.properties @/banjie/secrets/kafka-format.args"
    " && exec /opt/kafka/bin/kafka-server-start.sh /banjie/secrets/kafka.properties"
)


def why_not_containers() -> str | None:
    """What stands in the way of containers, or `None`. `BANJIE_TESTS_CONTAINERS=0` does."""
    if os.environ.get("BANJIE_TESTS_CONTAINERS") == "0":
        return "BANJIE_TESTS_CONTAINERS=0"
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return "no Docker engine"
    import docker
    from docker.errors import DockerException

    try:
        engine = docker.from_env(timeout=10)
        engine.ping()
    except DockerException:
        return "no Docker engine answers"
    return _why_no_images(engine)


@contextmanager
def container_servers(root: Path) -> Iterator[Endpoints]:
    """Start both on the folder `root`, wait until they serve, remove them at the end."""
    data = DataDir(root)
    reach = choose_endpoints(data)
    with ExitStack() as running:
        running.enter_context(_container(IMAGES["mongo"], data, _mongod(data, reach)))
        running.enter_context(_container(IMAGES["kafka"], data, _kafka(data, reach)))
        end = time.monotonic() + 90
        while not (settle(reach.mongo_port, reach.mongo_password) and _broker_is_ready(reach)):
            if time.monotonic() > end:
                raise TimeoutError("the containers are not ready within 90 s")
            time.sleep(0.1)
        yield reach


def _why_no_images(engine):
    from testcontainers.core.config import testcontainers_config

    missing = next((image for image in IMAGES.values() if not _has(engine, image)), None)
    if missing:
        return f"image {missing} is neither here nor to be had"
    # The reaper removes what a killed run leaves behind. Offices without its image do without it.
    testcontainers_config.ryuk_disabled |= not _has(engine, testcontainers_config.ryuk_image)
    return None


def _has(engine, image):
    from docker.errors import DockerException

    try:
        return bool(engine.images.list(name=image) or engine.images.pull(image))
    except DockerException:
        return False


def _container(image: str, data: DataDir, entrypoint: list[str]):
    from testcontainers.core.container import DockerContainer

    owner = f"{os.getuid()}:{os.getgid()}"
    container = DockerContainer(image).with_kwargs(network_mode="host", user=owner, entrypoint=entrypoint)
    return container.with_volume_mapping(str(data.root), str(_INSIDE), "rw")


def _mongod(data: DataDir, reach: Endpoints) -> list[str]:
    data.secret("mongo-key", 96)
    return mongod_command(Path("mongod"), _INSIDE / "mongo", _INSIDE / "secrets/mongo-key", reach.mongo_port)


def _kafka(data: DataDir, reach: Endpoints) -> list[str]:
    data.kafka.mkdir()
    text = kafka_properties(
        _INSIDE / "kafka", reach.kafka_port, reach.kafka_controller_port, reach.kafka_password
    )
    admin = f"--add-scram\nSCRAM-SHA-256=[name={reach.kafka_user},password={reach.kafka_password}]\n"
    write_private(data.secrets / "kafka.properties", text)
    write_private(data.secrets / "kafka-format.args", admin)
    return ["bash", "-c", _FORMAT_AND_RUN]


def _broker_is_ready(reach: Endpoints) -> bool:
    return asyncio.run(is_ready(reach.kafka_port, reach.kafka_password))
