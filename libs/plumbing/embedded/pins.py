"""The pinned list of servers (`servers.toml`): versions, sizes in bytes, sha256 of every file."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wheel:
    """A Python wheel that carries a server; `sha256` lists one digest for each platform."""

    name: str
    version: str
    package: str
    size: int
    sha256: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Name of its folder in the cache; another pin is another folder."""
        return f"{self.name}-{self.version}-{_short(self.sha256)}"


@dataclass(frozen=True)
class Jar:
    """One jar by its Maven coordinate `group:artifact:version`."""

    maven: str
    size: int
    sha256: str

    @property
    def file(self) -> str:
        """Its file name in the cache."""
        _, artifact, version = self.maven.split(":")
        return f"{artifact}-{version}.jar"


@dataclass(frozen=True)
class Pins:
    """Everything the embedded servers are made of."""

    mongodb: Wheel
    java: Wheel
    kafka_version: str
    jars: tuple[Jar, ...]

    @property
    def kafka_folder(self) -> str:
        """Name of the folder of jars in the cache."""
        return f"kafka-{self.kafka_version}-{_short(tuple(jar.sha256 for jar in self.jars))}"

    @property
    def size(self) -> int:
        """Bytes to fetch on an empty cache."""
        return self.mongodb.size + self.java.size + sum(jar.size for jar in self.jars)


@cache
def pinned() -> Pins:
    """The list that ships with this version."""
    table = tomllib.loads(Path(__file__).with_name("servers.toml").read_text("utf-8"))
    jars = tuple(Jar(**entry) for entry in table["kafka"]["jars"])
    return Pins(_wheel("mongodb", table), _wheel("java", table), table["kafka"]["version"], jars)


def _wheel(name: str, table: dict[str, Any]) -> Wheel:
    entry = table[name]
    return Wheel(name, entry["version"], entry["package"], entry["size"], tuple(entry["sha256"]))


def _short(digests: tuple[str, ...]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:8]
