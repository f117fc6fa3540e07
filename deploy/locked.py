"""The part of requirements.lock that an image needs, hashes included, on standard output: `locked.py runtime|build`.

There is one lock, with everything that tests need too. pip itself says what the project's own dependencies come to
(a dry run, held to the lock's versions); what it names is cut out of the lock. Standard library only: it runs in an
image where nothing is installed yet.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOTS = {
    "runtime": lambda project: project["project"]["dependencies"],
    "build": lambda project: project["build-system"]["requires"],
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def blocks(lock: str) -> list[str]:
    """Each requirement of a lock with the lines of its hashes; a name may come twice, for two kinds of machine."""
    return [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip()) if _NAME.match(entry)]


def normalized(requirement: str) -> str:
    """The name at the start of a requirement, as PEP 503 compares names."""
    found = _NAME.match(requirement)
    if found is None:
        raise ValueError(f"not a requirement: {requirement[:60]!r}")
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def constraints(locked: Iterable[str]) -> str:
    """Name and version of each: constraints with hashes would ask hashes of the project's open ranges too."""
    return "".join(entry.partition("\\")[0].strip() + "\n" for entry in locked)


def chosen(locked: Iterable[str], report: dict[str, Any]) -> str:
    """The entries that pip's report names, in the lock's order. `KeyError` for one that the lock lacks."""
    needed = {normalized(item["metadata"]["name"]) for item in report["install"]}
    found = [entry for entry in locked if normalized(entry) in needed]
    missing = needed - set(map(normalized, found))
    if missing:
        raise KeyError(f"not in the lock: {', '.join(sorted(missing))}")
    return "".join(f"{entry}\n" for entry in found)


def dry_run(roots: Iterable[str], held: Path) -> dict[str, Any]:
    """What pip would install for `roots`, nothing of it installed yet."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    command += ["--only-binary", ":all:", "--report", "-", "--constraint", str(held), *roots]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 - our own arguments
    found: dict[str, Any] = json.loads(said)
    return found


def main(what: str, lock: Path, project: Path) -> None:
    """Write the part for `runtime` or `build`."""
    locked = blocks(lock.read_text("utf-8"))
    held = Path("constraints.txt")
    held.write_text(constraints(locked), "utf-8")
    roots = ROOTS[what](tomllib.loads(project.read_text("utf-8")))
    sys.stdout.write(chosen(locked, dry_run(roots, held)))


if __name__ == "__main__":
    main(sys.argv[1], Path("requirements.lock"), Path("pyproject.toml"))
