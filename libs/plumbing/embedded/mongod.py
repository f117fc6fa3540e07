"""One `mongod` as a replica set of one: how it is started, and how it becomes ready, whatever state it is found in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.ports import answers

ADMIN = "admin"
_ALREADY_INITIALIZED, _AUTHENTICATION_FAILED, _UNAUTHORIZED = 23, 18, 13
_ROLE_EXISTS, _USER_EXISTS = 51002, 51003

Client = MongoClient[dict[str, Any]]
Privilege = Mapping[str, Any]
"""As MongoDB writes it: `{"resource": {"db": …, "collection": …}, "actions": […]}`."""


@dataclass(frozen=True)
class MongodOptions:
    """What may be tuned: cache in GB (MongoDB's least is 0.25), length of the oplog in MB (None: its own choice)."""

    cache_gb: float = 0.5
    oplog_mb: int | None = None
    replica_set: str = "rs0"


_DEFAULTS = MongodOptions()


def mongod_command(
    mongod: Path, data: Path, key_file: Path, port: int, options: MongodOptions = _DEFAULTS
) -> list[str]:
    """The command line. It logs to its output. Secrets are in files only."""
    oplog = ["--oplogSize", str(options.oplog_mb)] if options.oplog_mb else []
    return [
        str(mongod), "--replSet", options.replica_set, "--bind_ip", "127.0.0.1", "--port", str(port),
        "--dbpath", str(data), "--auth", "--keyFile", str(key_file), "--nounixsocket", "--quiet",
        "--wiredTigerCacheSizeGB", str(options.cache_gb), *oplog,
        # A process killed inside a transaction freezes what it touched for this long (the default is 60 s).
        "--setParameter", "transactionLifetimeLimitSeconds=5",
        "--setParameter", "diagnosticDataCollectionEnabled=false",
    ]  # fmt: skip


def mongo_uri(port: int, user: str = "", password: str = "", replica_set: str = "rs0") -> str:
    """The address for clients; passwords made by us need no escaping."""
    who = f"{user}:{password}@" if user else ""
    return f"mongodb://{who}127.0.0.1:{port}/?replicaSet={replica_set}" + (
        "&authSource=admin" if user else ""
    )


def settle(port: int, password: str, replica_set: str = "rs0", hosts: Sequence[str] = ()) -> bool:
    """Bring the node one step nearer to a set with a primary and its admin user; true once they are there.

    `hosts` (`host:port`) are the nodes of a set as they find each other; without them it is this node alone.
    Looks at what is, not at what was done before, so a kill at any step is healed by calling it again.
    Raises `EmbeddedError` when the data was made with another admin password.
    """
    if not answers(port):
        return False
    try:
        with _direct(port) as anyone:
            hello = anyone.admin.command("hello")
            if "setName" not in hello:
                _join(anyone, port, password, {"_id": replica_set, "members": _members(port, hosts)})
                return False
            led = bool(hello.get("primary")) if hosts else bool(hello["isWritablePrimary"])
            return led and _admin_works(anyone, port, password)
    except EmbeddedError:
        raise
    except PyMongoError:
        return False


def ensure_user(client: Client, name: str, password: str, privileges: Iterable[Privilege]) -> None:
    """Make the user and its one role, or bring both to what is said here. Both live in the database `admin`."""
    rights = {"privileges": [dict(privilege) for privilege in privileges], "roles": []}
    _make_or_update(client, "Role", name, rights, _ROLE_EXISTS)
    login = {"pwd": password, "roles": [{"role": name, "db": "admin"}]}
    _make_or_update(client, "User", name, login, _USER_EXISTS)


def _direct(port: int, user: str | None = None, password: str | None = None) -> Client:
    return MongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=500,
        username=user,
        password=password,
    )


def _members(port: int, hosts: Sequence[str]) -> list[dict[str, Any]]:
    return [{"_id": at, "host": host} for at, host in enumerate(hosts or (f"127.0.0.1:{port}",))]


def _join(anyone: Client, port: int, password: str, wanted: dict[str, Any]) -> None:
    try:
        anyone.admin.command("replSetInitiate", wanted)
    except OperationFailure as refused:
        if refused.code not in (_ALREADY_INITIALIZED, _UNAUTHORIZED):
            raise
        if len(wanted["members"]) == 1:
            _move(port, password)


def _move(port: int, password: str) -> None:
    """The set was made on another port: the node no longer finds itself in its configuration. Write it anew."""
    with _direct(port, ADMIN, password) as admin:
        config = admin.local["system.replset"].find_one()
        if config:
            config["members"][0]["host"] = f"127.0.0.1:{port}"
            config["version"] += 1
            admin.admin.command("replSetReconfig", config, force=True)


def _admin_works(anyone: Client, port: int, password: str) -> bool:
    try:
        with _direct(port, ADMIN, password) as admin:
            admin.admin.command("usersInfo", ADMIN)
            return True
    except OperationFailure as refused:
        if refused.code != _AUTHENTICATION_FAILED:
            raise
    _make_admin(anyone, password)
    return False


def _make_admin(anyone: Client, password: str) -> None:
    """Through the localhost exception, which MongoDB grants until the first user exists."""
    try:
        anyone.admin.command("createUser", ADMIN, pwd=password, roles=["root"])
    except OperationFailure as refused:
        if refused.code != _UNAUTHORIZED:
            raise
        raise EmbeddedError(
            "the MongoDB data was made with another admin password: put back secrets/mongo-admin of its time"
        ) from refused


def _make_or_update(client: Client, kind: str, name: str, body: dict[str, Any], exists: int) -> None:
    try:
        client.admin.command(f"create{kind}", name, **body)
    except OperationFailure as refused:
        if refused.code != exists:
            raise
        client.admin.command(f"update{kind}", name, **body)
