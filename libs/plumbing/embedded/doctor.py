"""Can this machine run the embedded servers? Each check answers one line: the cause, and what to do."""

import ctypes
import importlib.util
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from libs.plumbing.embedded.errors import EmbeddedError

_NEEDED_BYTES = 1 << 30
_OLDEST_GLIBC = (2, 34)


@dataclass(frozen=True)
class Finding:
    """One check: what was found, in both languages, and the remedy (empty when ok)."""

    name: str
    ok: bool
    detail_en: str
    detail_zh: str
    remedy: str


def examine(folder: Path, ports: Iterable[int] = ()) -> list[Finding]:
    """All checks. `folder` is where data or cache shall lie; `ports` must be free on 127.0.0.1."""
    return [
        check_python(sys.version_info[:2]),
        check_pip(importlib.util.find_spec("pip") is not None),
        check_architecture(platform.system(), platform.machine()),
        check_glibc(platform.libc_ver()),
        check_library("libcurl.so.4", "apt install libcurl4 | dnf install libcurl"),
        check_library("libssl.so.3", "apt install libssl3 | dnf install openssl-libs"),
        check_library("libcrypto.so.3", "apt install libssl3 | dnf install openssl-libs"),
        check_avx(_cpu_flags()),
        check_disk(_free_bytes(folder)),
        *(check_port(port) for port in ports),
    ]


def require_machine(folder: Path) -> None:
    """Raise `EmbeddedError` for the first check that fails."""
    for finding in examine(folder):
        if not finding.ok:
            raise EmbeddedError(f"{finding.detail_en} ({finding.detail_zh}): {finding.remedy}")


def check_python(version: tuple[int, ...]) -> Finding:
    """Python 3.11 or newer."""
    shown = ".".join(str(part) for part in version)
    return _found(
        "python", version >= (3, 11), f"Python {shown}", f"Python {shown}", "install Python 3.11 or newer"
    )


def check_pip(there: bool) -> Finding:
    """pip, which fetches the servers' wheels."""
    return _found(
        "pip", there, f"pip {'is there' if there else 'is missing'}", f"pip {'可用' if there else '缺失'}",
        "python -m ensurepip",
    )  # fmt: skip


def check_architecture(system: str, machine: str) -> Finding:
    """MongoDB's wheel is made for Linux on x86-64 only."""
    ok = system == "Linux" and machine in ("x86_64", "AMD64")
    shown = f"{system} {machine}"
    return _found(
        "architecture", ok, shown, shown, "embedded servers need Linux x86_64; use the compose file here"
    )


def check_glibc(libc: tuple[str, str]) -> Finding:
    """The C library that mongod was linked against (2.34, as in Debian 12, Ubuntu 22.04)."""
    name, version = libc
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    shown = f"{name or 'C library unknown'} {version}".strip()
    ok = name == "glibc" and numbers >= _OLDEST_GLIBC
    return _found(
        "glibc", ok, shown, shown, "needs glibc 2.34: Debian 12, Ubuntu 22.04, openEuler 22.03 or newer"
    )


def check_library(name: str, remedy: str) -> Finding:
    """A shared library that mongod loads when it starts."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return _found(name, False, f"{name} is missing", f"缺少 {name}", remedy)
    return _found(name, True, f"{name} is there", f"{name} 可用", "")


def check_avx(flags: frozenset[str] | None) -> Finding:
    """MongoDB 5 and later use AVX instructions; `None` where the processor does not say."""
    ok = flags is None or "avx" in flags
    remedy = "use a processor with AVX, or let the virtual machine pass it on (cpu type host)"
    return _found("avx", ok, f"AVX {'there' if ok else 'missing'}", f"AVX {'可用' if ok else '缺失'}", remedy)


def check_disk(free: int) -> Finding:
    """At least 1 GiB free where the data lies."""
    shown = f"{free / (1 << 30):.1f} GiB"
    return _found("disk", free >= _NEEDED_BYTES, f"{shown} free", f"可用空间 {shown}", "free at least 1 GiB")


def check_port(port: int) -> Finding:
    """Nobody else listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return _found(
                f"port {port}", False, f"port {port} is taken", f"端口 {port} 被占用", "choose another --port"
            )
    return _found(f"port {port}", True, f"port {port} is free", f"端口 {port} 空闲", "")


def _found(name: str, ok: bool, english: str, chinese: str, remedy: str) -> Finding:
    return Finding(name, ok, english, chinese, "" if ok else remedy)


def _cpu_flags() -> frozenset[str] | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return None
    flags = next((line for line in lines if line.startswith("flags")), None)
    return frozenset(flags.split()) if flags else None


def _free_bytes(folder: Path) -> int:
    """Free space where `folder` is, or will be made."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free if os.access(there, os.W_OK) else 0
