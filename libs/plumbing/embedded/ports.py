"""Ports of the embedded servers: free ones are chosen once and kept; a taken one is chosen again."""

import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

from libs.plumbing.embedded.datadir import write_json
from libs.plumbing.embedded.errors import EmbeddedError

# Below the range that Linux gives to outgoing connections (32768 up), which would snatch a port during a restart.
_LOWEST, _HIGHEST = 20000, 32000


def chosen_ports(file: Path, names: Iterable[str]) -> dict[str, int]:
    """A free port of 127.0.0.1 for each name, kept in `file`. Call it only while none of our servers runs."""
    kept: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    chosen: dict[str, int] = {}
    for name in names:
        port = kept.get(name, 0)
        chosen[name] = port if port and is_free(port) else _free_port(set(chosen.values()))
    if chosen != kept:
        write_json(file, chosen)
    return chosen


def kept_ports(file: Path) -> dict[str, int]:
    """The ports as last chosen. Raises `EmbeddedError` when none ever were."""
    if not file.exists():
        raise EmbeddedError(f"nothing runs here: {file} does not exist")
    kept: dict[str, int] = json.loads(file.read_text("utf-8"))
    return kept


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether somebody accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port(taken: set[int]) -> int:
    for _ in range(1000):
        port = random.randrange(_LOWEST, _HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise EmbeddedError(f"no free port between {_LOWEST} and {_HIGHEST} on 127.0.0.1: end some other servers")
