"""A MongoDB replica set of three nodes, whose primary can be killed: for tests of elections and lost writes."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.embedded.mongod import ADMIN, mongod_command
from libs.plumbing.embedded.parts import Part
from libs.plumbing.embedded.ports import answers, chosen_ports
from libs.plumbing.embedded.running import SupervisorThread
from libs.plumbing.embedded.supervisor import Supervisor

_NODES = ("a", "b", "c")


@dataclass
class ReplicaSet:
    """Three nodes under one supervisor: a killed node comes back as a secondary."""

    ports: dict[str, int]
    password: str = field(repr=False)
    supervisor: Supervisor = field(repr=False)

    @property
    def uri(self) -> str:
        """The address with the admin user."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())
        return f"mongodb://{ADMIN}:{self.password}@{hosts}/?replicaSet=rs0&authSource=admin"

    def primary(self) -> str:
        """The name of the node that is primary now; waits for an election of at most 30 s."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for name, port in self.ports.items():
                if _hello(port).get("isWritablePrimary"):
                    return name
            time.sleep(0.05)
        raise TimeoutError("no primary within 30 s")

    def kill(self, name: str) -> None:
        """Kill -9 one node."""
        pid = self.supervisor.board.parts[name].pid
        assert pid
        os.kill(pid, signal.SIGKILL)

    def kill_primary(self) -> str:
        """Kill -9 the primary; its name."""
        name = self.primary()
        self.kill(name)
        return name


@contextmanager
def running_replica_set(root: Path) -> Iterator[ReplicaSet]:
    """Start three nodes on the folder `root` and stop them at the end."""
    data = DataDir(root)
    ports = chosen_ports(data.run / "ports.json", _NODES)
    thread = SupervisorThread(lambda: Supervisor(_parts(data, ports), data))
    running = ReplicaSet(ports, data.secret("mongo-admin"), thread.supervisor)
    try:
        thread.wait_up(30)
        _initiate(running)
        yield running
    finally:
        thread.stop()


def _parts(data: DataDir, ports: dict[str, int]) -> list[Part]:
    servers = ensure_servers(default_cache())
    data.secret("mongo-key", 96)
    return [_part(data, servers.mongod, name, port) for name, port in ports.items()]


def _part(data: DataDir, mongod: Path, name: str, port: int) -> Part:
    folder = data.mongo / name
    folder.mkdir(exist_ok=True)
    command = mongod_command(mongod, folder, data.secrets / "mongo-key", port)

    async def ready() -> bool:
        return await asyncio.to_thread(answers, port)

    return Part(name, lambda: command, ready=ready)


def _initiate(running: ReplicaSet) -> None:
    """Through the localhost exception. A short election time-out, so that tests do not wait ten seconds."""
    members = [{"_id": at, "host": f"127.0.0.1:{port}"} for at, port in enumerate(running.ports.values())]
    config = {"_id": "rs0", "members": members, "settings": {"electionTimeoutMillis": 2000}}
    with _direct(running.ports["a"]) as first:
        first.admin.command("replSetInitiate", config)
    with _direct(running.ports[running.primary()]) as primary:
        primary.admin.command("createUser", ADMIN, pwd=running.password, roles=["root"])


def _hello(port: int) -> dict[str, Any]:
    try:
        with _direct(port) as client:
            return client.admin.command("hello")
    except PyMongoError:
        return {}


def _direct(port: int) -> MongoClient[dict[str, Any]]:
    return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=500)
