"""What a process is told from outside: environment variables (`BANJIE_…`) and files of secrets.

Order: arguments, then the environment, then the files in `BANJIE_SECRETS_DIR` (each named after its setting,
for example `mongo_password`), then the defaults. Secrets are `SecretStr`: they never show in a log.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from libs.plumbing.settings_checks import (
    known_zone,
    master_key_of_32_bytes,
    public_key,
    rate,
    uri_without_credentials,
)

PREFIX = "BANJIE_"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Rate = Annotated[str, AfterValidator(rate)]


class SettingsError(ValueError):
    """A setting is missing or wrong; the message is one line that names it."""


class Settings(BaseSettings):
    """Everything a service process may be told. Frozen; times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    service: Name = "banjie"
    instance: str = Field(default_factory=socket.gethostname)
    data_dir: Path | None = None
    office_zone: Annotated[str, AfterValidator(known_zone)] = "Asia/Shanghai"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    mongo_uri: Annotated[str, AfterValidator(uri_without_credentials)] = (
        "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    )
    mongo_database: Name = "banjie"
    mongo_user: str | None = None
    mongo_password: SecretStr | None = None

    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_security: Literal["SASL_PLAINTEXT", "SASL_SSL", "PLAINTEXT"] = "SASL_PLAINTEXT"
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: Path | None = None
    kafka_partitions: int = Field(default=6, ge=1, le=1024)
    kafka_replication: int = Field(default=1, ge=1, le=7)

    master_key: Annotated[SecretStr, AfterValidator(master_key_of_32_bytes)] | None = None
    signing_key: SecretStr | None = None
    verify_key: Annotated[str, AfterValidator(public_key)] | None = None

    http_host: str = "127.0.0.1"
    http_port: Port = 8311
    worker_port: Port | None = None
    doors: Annotated[str, Field(pattern=r"^https?://[^/]+$")] | None = None
    """Where all services answer, each at `/<service>`; None: this process has them all."""
    trusted_proxies: str = ""
    request_timeout_s: float = Field(default=30.0, gt=0)
    max_body: int = Field(default=64 * 1024, ge=1024)
    rate_of_principal: Rate = "12000/minute"
    rate_of_address: Rate = "600/minute"

    handler_limit_s: float = Field(default=30.0, gt=0)
    idle_limit_s: float = Field(default=60.0, gt=0)
    careful_records: int = Field(default=1000, ge=0)
    deaths_to_park: int = Field(default=3, ge=1)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, environment, files of secrets (named without the prefix). No .env file."""
        folder = os.environ.get(f"{PREFIX}SECRETS_DIR")
        if not folder:
            return init_settings, env_settings
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder, env_prefix="")
        return init_settings, env_settings, files


def read_settings(**given: Any) -> Settings:
    """Read the settings; `SettingsError` with one line when one of them is wrong."""
    folder = os.environ.get(f"{PREFIX}SECRETS_DIR")
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"{PREFIX}SECRETS_DIR: there is no folder {folder}")
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None


def settings_or_exit(**given: Any) -> Settings:
    """As `read_settings`, but a wrong setting prints its line and ends the process with code 2."""
    try:
        return read_settings(**given)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{PREFIX}{name.upper()}: {first['msg'].removeprefix('Value error, ')}{more}"
