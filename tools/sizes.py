"""Sizes of files and functions, as docs of style ask: `python -m tools.sizes` prints the table."""

import ast
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CODE = ("libs", "services", "cli")
TREES = (*CODE, "tools", "tests")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Measured(NamedTuple):
    """Something with a name and a number of lines."""

    name: str
    lines: int


class Tree(NamedTuple):
    """Everything measured under one folder."""

    name: str
    files: tuple[Measured, ...]
    functions: tuple[Measured, ...]
    public: int
    documented: int


def measure(name: str) -> Tree:
    """Measure all Python files under the folder `name`."""
    paths = sorted((ROOT / name).rglob("*.py"))
    sources = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    modules = [(where, ast.parse(source)) for where, source in sources]
    public = [node for _, module in modules for node in _public(module)]
    return Tree(
        name,
        tuple(Measured(where, len(source.splitlines())) for where, source in sources if source.strip()),
        tuple(one for where, module in modules for one in _functions(where, module)),
        len(public),
        sum(ast.get_docstring(node) is not None for node in public),
    )


def percentile(values: Sequence[int], share: float) -> int:
    """Nearest rank: the smallest value that `share` of all do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 100) // 100) - 1)] if ordered else 0


def largest(measured: Iterable[Measured]) -> Measured:
    """The one with the most lines."""
    return max(measured, key=lambda one: one.lines, default=Measured("", 0))


def table(trees: Sequence[Tree]) -> str:
    """The table that is printed, one line a tree, and tests to code below it."""
    head = f"{'tree':<10}{'files':>6}{'median':>8}{'longest':>9}{'functions':>11}{'median':>8}{'p90':>5}{'longest':>9}{'documented':>12}"
    return "\n".join((head, *map(_row, trees), _tests_to_code(trees)))


def _row(tree: Tree) -> str:
    files, functions = [one.lines for one in tree.files], [one.lines for one in tree.functions]
    documented = f"{100 * tree.documented // tree.public}%" if tree.public else "-"
    return (
        f"{tree.name:<10}{len(files):>6}{median(files or [0]):>8g}{max(files, default=0):>9}"
        f"{len(functions):>11}{median(functions or [0]):>8g}{percentile(functions, 0.9):>5}"
        f"{max(functions, default=0):>9}{documented:>12}"
    )


def _tests_to_code(trees: Sequence[Tree]) -> str:
    lines = {tree.name: sum(one.lines for one in tree.files) for tree in trees}
    code = sum(lines.get(name, 0) for name in CODE)
    return f"tests to code: {lines.get('tests', 0) / code:.2f}" if code else ""


def _functions(where: str, module: ast.Module) -> Iterable[Measured]:
    for node in ast.walk(module):
        if isinstance(node, Function):
            yield Measured(f"{where}:{node.lineno} {node.name}", _length(node))


def _length(node: Function) -> int:
    """Lines of the function without its docstring: words cost nothing."""
    first = node.body[0]
    words = ast.get_docstring(node) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if words else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def _public(module: ast.Module) -> Iterable[Function | ast.ClassDef]:
    for node in module.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node


if __name__ == "__main__":
    sys.stdout.write(table([measure(name) for name in TREES]) + "\n")
