"""The data folder: where each thing lies, secrets that are made once, and one supervisor at a time."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from libs.plumbing.embedded.locks import sole_lock


class DataDir:
    """`mongo/ kafka/ secrets/ run/ logs/` under one root that only its owner may enter."""

    def __init__(self, root: Path) -> None:
        """Make the folders that are missing."""
        self.root = root.absolute()
        for folder in (self.root, self.mongo, self.secrets, self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    @property
    def mongo(self) -> Path:
        """MongoDB's files."""
        return self.root / "mongo"

    @property
    def kafka(self) -> Path:
        """Kafka's files; made when its storage is formatted."""
        return self.root / "kafka"

    @property
    def secrets(self) -> Path:
        """One file for each secret, mode 0600."""
        return self.root / "secrets"

    @property
    def run(self) -> Path:
        """What is true of the present run: ports, status, lock."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One log for each part."""
        return self.root / "logs"

    @property
    def status(self) -> Path:
        """The supervisor's status as JSON."""
        return self.run / "status.json"

    def secret(self, name: str, length: int = 32) -> str:
        """The secret of that name, made from `length` random bytes the first time."""
        file = self.secrets / name
        if not file.exists():
            write_private(file, secrets.token_hex(length))
        return file.read_text("ascii")

    def hold(self) -> AbstractContextManager[None]:
        """Be the only supervisor of this folder, or raise `EmbeddedError` naming the one that is."""
        return sole_lock(self.run / "lock", f"already running on {self.root}")

    def forget_kafka(self) -> None:
        """Empty the broker, as if it had never been formatted."""
        shutil.rmtree(self.kafka, ignore_errors=True)


def write_private(file: Path, text: str) -> None:
    """Write `text` to `file` with mode 0600, in one step: a reader sees the old or the new, never half."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text)
    partial.replace(file)


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write `content` to `file` as JSON, privately and in one step."""
    write_private(file, json.dumps(content, indent=1, ensure_ascii=False))
