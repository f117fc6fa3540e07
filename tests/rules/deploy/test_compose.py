"""What docker-compose.yml promises, read as a file: whole, closed, and in step with the embedded installation."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.catalog import ROOTS, WITH_API, WORKERS
from libs.plumbing.embedded.mongod import mongod_command
from libs.plumbing.embedded.pins import pinned
from tests.support.containers import IMAGES

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if str(service["image"]).startswith("${BANJIE_REGISTRY")]


def test_every_door_and_every_worker_has_its_container() -> None:
    doors = {f"{name}-api" for name in WITH_API}
    workers = {f"{name}-worker" for name in WORKERS if name != "relay"}

    assert doors | workers <= SERVICES.keys()
    assert SERVICES["relay"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", ROOTS)
def test_a_service_has_its_own_users_and_sees_its_own_secrets_only(name: str) -> None:
    for service in (each for key, each in SERVICES.items() if key.partition("-")[0] == name):
        assert service["environment"]["BANJIE_MONGO_USER"] == name
        assert [volume["source"] for volume in service["volumes"]] == [f"./deploy/secrets/{name}"]


def test_only_the_gateway_is_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"gateway": ["127.0.0.1:${BANJIE_PORT:-8311}:8311"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_change_nothing_but_its_data(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert (service["restart"] == "no") == (name in ("provision", "operator"))


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_as_nobody_special(name: str) -> None:
    assert SERVICES[name]["user"] == "${BANJIE_USER:-10001:10001}"


def test_nothing_secret_stands_in_an_environment() -> None:
    told = {key for service in SERVICES.values() for key in service.get("environment", {})}

    assert not [key for key in told if "PASSWORD" in key or "KEY" in key]


def test_the_servers_are_those_of_the_tests_and_of_the_embedded_installation() -> None:
    assert SERVICES["kafka"]["image"] == f"${{KAFKA_IMAGE:-apache/kafka:{pinned().kafka_version}}}"
    assert SERVICES["mongo1"]["image"] == f"${{MONGO_IMAGE:-{IMAGES['mongo']}}}"
    start = (ROOT / "deploy/mongo/start.sh").read_text("utf-8")
    embedded = mongod_command(Path("mongod"), Path("data"), Path("key"), 27017)
    lifetime = next(word for word in embedded if word.startswith("transactionLifetime"))
    assert lifetime in start
