"""A whole installation as its operator has it: started by the command, on a folder and a port of its own.

`installation` is shared by the session; ask for `own_installation` to hurt or stop one. Loaded by tests/conftest.py.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

import httpx
import psutil
import pytest

from cli.doors import register
from cli.home import Home
from cli.main import main
from cli.running import supervisor_of
from libs.casework.topics import Door
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.datadir import DataDir
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign
from libs.plumbing.settings import Settings
from libs.stages.publishers import Publisher
from tests.support.partner import Partner

OFFICE = "yingbin"
_HOUR_US = 3600 * 1_000_000


class Ran(NamedTuple):
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said for machines."""
        return json.loads(self.out)


def banjie(
    *arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "", within: float = 120
) -> Ran:
    """Run the command as somebody would type it; nothing of this session's environment names an installation."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=within,
        env=_environment(env),
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BANJIE_")}
    kept = {name: os.environ[name] for name in ("BANJIE_CACHE",) if name in os.environ}
    return clean | kept | dict(more or {})


def banjie_here(
    *arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "", within: float = 120
) -> Ran:
    """The same within this process, without a second for the imports. In a thread: a command has a loop of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_typed, [str(each) for each in arguments], _environment(env), stdin).result(within)


def _typed(arguments: list[str], env: dict[str, str], stdin: str) -> Ran:
    said, failed, code = StringIO(), StringIO(), 0
    with ExitStack() as typing:
        typing.enter_context(patch.dict(os.environ, env, clear=True))
        typing.enter_context(patch.object(sys, "argv", ["banjie", *arguments]))
        typing.enter_context(patch.object(sys, "stdin", StringIO(stdin)))
        typing.enter_context(redirect_stdout(said))
        typing.enter_context(redirect_stderr(failed))
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code, said.getvalue(), failed.getvalue())


@dataclass
class Installation:
    """One data folder and its port; started and stopped by the command."""

    folder: Path
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108  it stands below

    @property
    def home(self) -> Home:
        """Its folder with its secrets."""
        return Home(DataDir(self.folder))

    @property
    def url(self) -> str:
        """Where people reach it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Ran:
        """Leave it running behind; what the operator was told."""
        started = banjie("up", "--detach", "--data", self.folder, "--port", str(self.port), within=200)
        assert started.code == 0, (started, self.tail("supervisor"))
        return started

    def stop(self) -> Ran:
        """Stop everything; harmless when it does not run."""
        return banjie("down", "--data", self.folder)

    def banjie(self, *arguments: str | Path, **more: Any) -> Ran:
        """A command on this installation."""
        return banjie_here(*arguments, "--data", self.folder, **more)

    def told(self, *arguments: str | Path, **more: Any) -> Any:
        """What a command says for machines; it must succeed."""
        done = self.banjie(*arguments, "--json", **more)
        assert done.code == 0, done
        return done.json

    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything under it."""
        pid = supervisor_of(self.home)
        if pid is None:
            return []
        supervisor = psutil.Process(pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def pid_of(self, part: str) -> int:
        """The process of one part: `mongod`, `kafka`, `gateway`, `triage` …"""
        pid: int = json.loads(self.home.data.status.read_text("utf-8"))["parts"][part]["pid"]
        return pid

    def token(self, *roles: str, office: str = OFFICE, **more: Any) -> str:
        """A signed key for somebody with these roles; `more`: id, unit, grids, communities."""
        name = more.pop("id", f"{roles[0]}-1")
        principal = Principal(name, frozenset(roles), office, expires=now_us() + _HOUR_US, **more)
        return sign(principal, self.home.signing_key, now_us(), f"test-{uuid4()}")

    def http(self, *roles: str, **more: Any) -> httpx.Client:
        """The HTTP doors as somebody with these roles; without roles as a resident."""
        headers = {"Authorization": f"Bearer {self.token(*roles, **more)}"} if roles else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def partner(self, name: str, *doors: Door, **more: Any) -> Partner:
        """Another system with doors of its own; the name is made unique. `more` as in `Publisher`."""
        publisher = Publisher(f"{name}-{uuid4().hex[:6]}", OFFICE, frozenset(doors), **more)
        return self.as_partner(publisher.name, register(self.home, publisher))

    def as_partner(self, name: str, password: str) -> Partner:
        """A registered system, by its name and password."""
        return Partner(name, self.home.reach().kafka_bootstrap, password)

    def settings(self) -> Settings:
        """The operator's way to both servers."""
        return self.home.operator_settings()

    def tail(self, part: str, lines: int = 20) -> str:
        """The end of a part's log."""
        file = self.home.data.logs / f"{part}.log"
        return "\n".join(file.read_text("utf-8", "replace").splitlines()[-lines:]) if file.exists() else ""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that everybody may use and nobody may stop."""
    one = Installation(tmp_path_factory.mktemp("installation") / "data")
    try:
        one.start()
        yield one
    finally:
        one.stop()


@pytest.fixture
def own_installation(tmp_path: Path) -> Iterator[Installation]:
    """One of its own for a test that hurts it; not started yet."""
    one = Installation(tmp_path / "data")
    try:
        yield one
    finally:
        one.stop()
