"""deploy/make-secrets makes what the services read, once."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.catalog import ROOTS
from libs.plumbing.principals import Principal
from libs.plumbing.security import Verifier, sign
from libs.plumbing.settings import read_settings

SCRIPT = Path(__file__).parents[3] / "deploy/make-secrets"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("deploy") / "secrets"
    subprocess.run(["sh", SCRIPT, made], check=True, capture_output=True)
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_only_the_owner_can_read_them(folder: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}

    assert modes == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700}


@pytest.mark.parametrize("service", ROOTS)
def test_a_service_starts_with_its_folder(
    folder: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANJIE_SECRETS_DIR", str(folder / service))

    settings = read_settings(service=service)

    assert settings.mongo_password
    assert settings.signing_key is None
    assert (settings.master_key is None) == (service == "relay")


def test_what_the_operator_signs_the_services_believe(folder: Path) -> None:
    private = json.loads((folder / "operator/signing_key").read_text())
    public = json.loads((folder / "intake/verify_key").read_text())
    principal = Principal("clerk-li", frozenset({"clerk"}), "yingbin", expires=2_000_000)

    token = sign(principal, private, 0, "one")

    assert "d" not in public
    assert Verifier(public, lambda _: False).verify(token, 1) == principal


def test_no_password_comes_twice_and_the_broker_knows_its_administrators(folder: Path) -> None:
    passwords = [text for name, text in files(folder).items() if name.endswith("_password")]
    administrators = [files(folder)[name] for name in ("kafka/admin_password", "operator/kafka_password")]

    assert administrators[0] == administrators[1]
    assert len(set(passwords)) == len(passwords) - 1
    assert min(map(len, passwords)) == 64


def test_a_second_time_changes_nothing(folder: Path) -> None:
    before = files(folder)

    subprocess.run(["sh", SCRIPT, folder], check=True, capture_output=True)

    assert files(folder) == before
