"""`python -m cli.provision` on servers that others run."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from cli.provision import provision
from cli.provision_kafka import CASES
from libs.plumbing.embedded.stack import Endpoints
from libs.plumbing.ends import RefusedToStartError
from libs.plumbing.settings import Settings, read_settings
from libs.plumbing.topics import Topics

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    subprocess.run(["sh", ROOT / "deploy/make-secrets", folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def settings(servers: Endpoints, secrets: Path) -> Settings:
    signing_key = (secrets / "operator/signing_key").read_text()
    return read_settings(
        service="provision",
        mongo_uri=servers.mongo_address,
        mongo_user=servers.mongo_user,
        mongo_password=servers.mongo_password,
        mongo_database="provisioned",
        kafka_bootstrap=servers.kafka_bootstrap,
        kafka_user=servers.kafka_user,
        kafka_password=servers.kafka_password,
        signing_key=signing_key,
    )


async def test_it_makes_everything_and_a_second_time_nothing_more(
    servers: Endpoints, settings: Settings, secrets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await provision(settings, secrets)
    first = capsys.readouterr().out
    await provision(settings, secrets)

    assert first.count("shown once") == 1
    assert "shown once" not in capsys.readouterr().out
    topics = Topics(settings)
    assert CASES in await topics.names()
    await topics.close()
    _reads_but_removes_nothing(servers, (secrets / "triage/mongo_password").read_text())


async def test_without_the_signing_key_it_says_what_is_missing(settings: Settings, secrets: Path) -> None:
    told = settings.model_copy(update={"signing_key": None, "mongo_database": "unsigned"})

    with pytest.raises(RefusedToStartError, match="signing_key is missing"):
        await provision(told, secrets)


def _reads_but_removes_nothing(servers: Endpoints, password: str) -> None:
    with MongoClient(servers.mongo_uri_for("triage", password)) as client:
        log = client["provisioned"]["case_events"]
        assert log.find_one() is None
        with pytest.raises(OperationFailure):
            log.delete_many({})
