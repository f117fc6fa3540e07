"""Settings: where they come from, and the one line that a wrong one gives."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from libs.plumbing.security import new_signing_key, public_part
from libs.plumbing.settings import SettingsError, read_settings, settings_or_exit


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANJIE_SECRETS_DIR", raising=False)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"http_port": 70000}, "BANJIE_HTTP_PORT: Input should be less than or equal to 65535"),
        ({"master_key": "YQ=="}, "BANJIE_MASTER_KEY: must be 32 bytes in base64, not 1"),
        ({"master_key": "???"}, "BANJIE_MASTER_KEY: must be base64"),
        ({"rate_of_address": "often"}, "BANJIE_RATE_OF_ADDRESS: must be like 600/minute or 20/second"),
        ({"office_zone": "Asia/Atlantis"}, "BANJIE_OFFICE_ZONE: no time zone is called 'Asia/Atlantis'"),
        ({"mongo_uri": "http://db"}, "BANJIE_MONGO_URI: must start with mongodb:// or mongodb+srv://"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(given: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(**given)
    assert str(refused.value) == line


def test_several_wrong_settings_name_the_first_and_count_the_rest() -> None:
    with pytest.raises(SettingsError, match=r"\(and 1 more\)$"):
        read_settings(http_port=0, worker_port=0)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(mongo_uri="mongodb://clerk:hunter2@db/")
    assert "hunter2" not in str(refused.value)


def test_a_private_key_where_the_public_one_belongs_is_refused() -> None:
    with pytest.raises(SettingsError, match="private part"):
        read_settings(verify_key=json.dumps(new_signing_key()))
    assert read_settings(verify_key=json.dumps(public_part(new_signing_key()))).verify_key


def test_secrets_come_from_files_and_never_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mongo_password").write_text("hunter2\n")
    (tmp_path / "master_key").write_text(base64.b64encode(bytes(32)).decode())
    monkeypatch.setenv("BANJIE_SECRETS_DIR", str(tmp_path))
    settings = read_settings()
    assert settings.mongo_password is not None
    assert settings.mongo_password.get_secret_value().strip() == "hunter2"
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_environment_goes_before_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kafka_user").write_text("from-file")
    monkeypatch.setenv("BANJIE_SECRETS_DIR", str(tmp_path))
    assert read_settings().kafka_user == "from-file"
    monkeypatch.setenv("BANJIE_KAFKA_USER", "from-environment")
    assert read_settings().kafka_user == "from-environment"
    assert read_settings(kafka_user="given").kafka_user == "given"


def test_a_secrets_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANJIE_SECRETS_DIR", "/nowhere/at/all")
    with pytest.raises(SettingsError, match="there is no folder /nowhere/at/all"):
        read_settings()


def test_a_wrong_setting_ends_a_process_with_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        settings_or_exit(kafka_partitions=0)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
