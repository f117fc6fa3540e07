"""Who may import whom: the contracts of pyproject.toml, and purity, which they cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE_OUTSIDE = {"pydantic", "pydantic_core"}
RULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("services/*/rules.py"))
CASEWORK = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("libs/casework/**/*.py"))
CLOCKS_AND_CHANCE = {"time", "random", "secrets", "socket", "asyncio", "subprocess", "os", "threading"}
OUTSIDE = {
    "pymongo",
    "gridfs",
    "bson",
    "faust",
    "kafka",
    "aiokafka",
    "fastapi",
    "starlette",
    "httpx",
    "uvicorn",
}
PURE_STAGES = tuple(
    f"libs.stages.{name}" for name in ("bodies", "commands", "joint", "judged", "outcome", "scope", "words")
)
"""What the stage services share of decisions: values and predicates, held to the same purity as casework."""
WORLD = CLOCKS_AND_CHANCE | OUTSIDE | {"cryptography", "structlog"}


def test_the_contracts_of_pyproject_hold() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASEWORK)
def test_casework_is_pure(name: str) -> None:
    assert impurities(name, allowed=("libs.casework",)) == []


@pytest.mark.parametrize("module", PURE_STAGES)
def test_what_rules_may_use_of_the_stages_is_as_pure_as_casework(module: str) -> None:
    assert impurities(module.replace(".", "/") + ".py", ("libs.casework", *PURE_STAGES)) == []


@pytest.mark.parametrize("name", RULES)
def test_rules_import_nothing_but_the_shared_language_and_their_own_service(name: str) -> None:
    assert impurities(name, ("libs.casework", *PURE_STAGES, own_package(name))) == []


@pytest.mark.parametrize("name", RULES)
def test_nothing_that_rules_reach_does_input_output_or_asks_the_clock(name: str) -> None:
    reached_modules = {(file, module) for file in reached(name) for module in imported(file)}
    assert [pair for pair in sorted(reached_modules) if pair[1].split(".", maxsplit=1)[0] in WORLD] == []


def impurities(name: str, allowed: tuple[str, ...]) -> list[str]:
    """Imports of the file that reach outside the standard library, pydantic and `allowed`."""
    return [
        f"{name} imports {module}"
        for module in imported(name)
        if not module.startswith(allowed) and not _harmless(module.split(".", maxsplit=1)[0])
    ]


def _harmless(top: str) -> bool:
    return top in PURE_OUTSIDE or (top in sys.stdlib_module_names and top not in CLOCKS_AND_CHANCE)


def own_package(name: str) -> str:
    return name.removesuffix("/rules.py").replace("/", ".") + "."


def reached(name: str) -> set[str]:
    """The file and every file of ours that it imports, directly or not."""
    files, ahead = set[str](), [name]
    while ahead:
        file = ahead.pop()
        files.add(file)
        ahead += [one for one in map(_file_of, imported(file)) if one and one not in files]
    return files


def _file_of(module: str) -> str | None:
    path = ROOT / module.replace(".", "/")
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file.relative_to(ROOT).as_posix()
    return None


def imported(name: str) -> Iterable[str]:
    """Modules that the file imports when it runs, wherever the import stands; not those for types alone."""
    for node in _nodes_that_run(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: import by path, not relatively"
            yield node.module or ""


def _nodes_that_run(tree: ast.AST) -> Iterable[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield node
            yield from _nodes_that_run(node)
