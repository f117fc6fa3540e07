"""Write the generated pages and samples, or say which are stale: `python -m tools.generate [--check]`."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tools.categories_page import categories_page
from tools.events_page import events_page
from tools.lifecycle_page import lifecycle_page
from tools.policies_page import policies_page
from tools.sample_files import sample_files

ROOT = Path(__file__).parents[1]
PAGES: Mapping[str, Callable[[], str]] = {
    "docs/lifecycle.md": lifecycle_page,
    "docs/events.md": events_page,
    "docs/categories.md": categories_page,
    "docs/policies.md": policies_page,
}


def generated() -> dict[Path, str]:
    """Every generated file with the content that it should have."""
    pages = {ROOT / name: render() for name, render in PAGES.items()}
    return pages | sample_files()


def stale(files: Mapping[Path, str]) -> list[Path]:
    """Those that are missing or differ."""
    return [path for path, text in files.items() if not _same(path, text)]


def write(files: Mapping[Path, str], paths: Iterable[Path]) -> None:
    """Write these of the files."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Exit status: 1 when `--check` found something stale."""
    files = generated()
    changed = stale(files)
    checking = "--check" in arguments
    if not checking:
        write(files, changed)
    for path in changed:
        word = "stale" if checking else "written"
        sys.stdout.write(f"{word}: {path.relative_to(ROOT)}\n")
    if checking and changed:
        sys.stdout.write("run: python -m tools.generate\n")
    return int(checking and bool(changed))


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
