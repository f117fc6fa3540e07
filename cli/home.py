"""Where an installation lives: its data folder, its secrets, and what each service process is told."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.console import FailedError
from libs.plumbing.embedded.datadir import DataDir, write_private
from libs.plumbing.embedded.ports import kept_ports
from libs.plumbing.embedded.stack import Endpoints, known_endpoints
from libs.plumbing.security import new_signing_key, public_part
from libs.plumbing.settings import Settings, read_settings

FOLDER = ".banjie"
DATABASE = "banjie"
DEFAULT_PORT = 8311


def find_folder(given: Path | None = None, start: Path | None = None) -> Path:
    """The data folder: as given, else `BANJIE_DATA`, else the nearest `.banjie` upward like `.git`, else one here."""
    if given:
        return given.absolute()
    if named := os.environ.get("BANJIE_DATA"):
        return Path(named).absolute()
    here = (start or Path.cwd()).absolute()
    found = (folder / FOLDER for folder in (here, *here.parents) if (folder / FOLDER).is_dir())
    return next(found, here / FOLDER)


def service_secret(secrets: Path, service: str, name: str) -> str:
    """One secret of a service: each has a folder of its own under `secrets`. `FailedError` when it is missing."""
    file = secrets / service / name
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise FailedError(f"{file}: {error.strerror}") from None


class Home:
    """The data folder of one installation, with the secrets made at first use."""

    def __init__(self, data: DataDir) -> None:
        self.data = data

    @property
    def master_key(self) -> str:
        """Wraps every case's key; base64 of 32 bytes. Losing it is losing all personal content."""
        return self._made_once("master-key", lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    @property
    def signing_key(self) -> dict[str, str]:
        """The private key that signs principals (JWK). Only the `banjie` command reads it; no service does."""
        made = self._made_once("signing-key", lambda: json.dumps(new_signing_key()))
        key: dict[str, str] = json.loads(made)
        return key

    @property
    def verify_key(self) -> str:
        """The public part, as services get it."""
        return json.dumps(public_part(self.signing_key))

    def mongo_password(self, service: str) -> str:
        """Of the service's database user."""
        return self.data.secret(f"mongo-{service}")

    def kafka_password(self, service: str) -> str:
        """Of the service's broker user."""
        return self.data.secret(f"kafka-{service}")

    def http_port(self) -> int:
        """The port that people and systems use, as chosen at the last start."""
        return kept_ports(self.data.run / "http.json")["http"] if self.has_run() else DEFAULT_PORT

    def has_run(self) -> bool:
        """Whether this installation was ever started."""
        return (self.data.run / "http.json").exists()

    def keep_http_port(self, port: int) -> None:
        """Remember it for the other commands."""
        write_private(self.data.run / "http.json", json.dumps({"http": port}))

    def reach(self) -> Endpoints:
        """How the operator reaches the servers that run on this folder."""
        return known_endpoints(self.data)

    def service_files(self, service: str) -> Path:
        """The folder of secrets that a service process gets: its own passwords, and what it needs of the shared ones."""
        folder = self.data.secrets / service
        folder.mkdir(mode=0o700, exist_ok=True)
        wanted = {
            "mongo_password": self.mongo_password(service),
            "kafka_password": self.kafka_password(service),
        }
        if service != "relay":
            wanted["master_key"] = self.master_key
        for name, text in wanted.items():
            write_private(folder / name, text)
        return folder

    def service_env(self, service: str, reach: Endpoints) -> Mapping[str, str]:
        """What a service process is told by environment; nothing secret."""
        return {
            "BANJIE_SERVICE": service,
            "BANJIE_INSTANCE": "embedded",
            "BANJIE_DATA_DIR": str(self.data.root),
            "BANJIE_MONGO_URI": reach.mongo_address,
            "BANJIE_MONGO_USER": service,
            "BANJIE_KAFKA_BOOTSTRAP": reach.kafka_bootstrap,
            "BANJIE_KAFKA_USER": service,
            "BANJIE_VERIFY_KEY": self.verify_key,
            "BANJIE_SECRETS_DIR": str(self.service_files(service)),
        }

    def operator_settings(self, **more: Any) -> Settings:
        """Settings with the administrators' users, for the operator's own commands."""
        reach = self.reach()
        return read_settings(
            service="cli",
            mongo_uri=reach.mongo_address,
            mongo_user=reach.mongo_user,
            mongo_password=reach.mongo_password,
            kafka_bootstrap=reach.kafka_bootstrap,
            kafka_user=reach.kafka_user,
            kafka_password=reach.kafka_password,
            master_key=self.master_key,
            signing_key=json.dumps(self.signing_key),
            verify_key=self.verify_key,
            **more,
        )

    def _made_once(self, name: str, make: Any) -> str:
        file = self.data.secrets / name
        if not file.exists():
            write_private(file, make())
        return file.read_text("utf-8")
