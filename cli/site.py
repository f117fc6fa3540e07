"""The installation that a command works on: that of a data folder, or, as in containers, one that the environment names."""

import json
import os
from pathlib import Path
from typing import Protocol

from cli.console import UsageError
from cli.home import DEFAULT_PORT
from cli.running import running_home, url_of
from libs.plumbing.settings import Settings, read_settings


class Site(Protocol):
    """What a command needs of an installation, wherever it stands. `Home` is one."""

    @property
    def signing_key(self) -> dict[str, str]:
        """The private key (JWK) that signs principals."""

    def operator_settings(self) -> Settings:
        """How the operator reaches both servers."""


class Elsewhere:
    """Servers that the environment names: `BANJIE_MONGO_URI` and its kin, secrets in files."""

    @property
    def signing_key(self) -> dict[str, str]:
        """From the file `signing_key`; only the command may have it, no service."""
        given = self.operator_settings().signing_key
        if given is None:
            raise UsageError("signing_key is missing: the private key (JWK) as a file in BANJIE_SECRETS_DIR")
        key: dict[str, str] = json.loads(given.get_secret_value())
        return key

    def operator_settings(self) -> Settings:
        """From the environment and the files of secrets."""
        return read_settings(service="cli")


def from_environment(data: Path | None) -> bool:
    """Whether the environment names the servers, and no folder is asked for."""
    return data is None and bool(os.environ.get("BANJIE_MONGO_URI"))


def site(data: Path | None) -> Site:
    """The installation. `FailedError` when that of the data folder does not run."""
    return Elsewhere() if from_environment(data) else running_home(data)


def http_url(data: Path | None) -> str:
    """Where its HTTP doors are: on this machine, or as `BANJIE_URL` says where the environment names the servers."""
    if from_environment(data):
        return os.environ.get("BANJIE_URL") or f"http://127.0.0.1:{DEFAULT_PORT}"
    return url_of(running_home(data))
