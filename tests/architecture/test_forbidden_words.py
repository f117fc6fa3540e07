"""No file says where it was made: no registry's address, no path of a machine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REGISTRIES = (
    r"pypi[.]org|python[h]osted|maven[.]org|maven[.]apache[.]org/|proxy[.]golang|npmjs[.](?:org|com)"
    r"|ghcr[.]io|quay[.]io|docker[.]io/|artif[a]ctory|jf[r]og"
)
ADDRESS_OF_AN_INDEX = r"--(?:extra-)?index-url[ =]h\S+|--find[-]links"
MACHINE_PATHS = r"(?<![\w./}])/(?:work|root|home)/\w"
FORBIDDEN = re.compile("|".join((REGISTRIES, ADDRESS_OF_AN_INDEX, MACHINE_PATHS)), re.IGNORECASE)


def tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    found = [f"{path.relative_to(ROOT)}: {word}" for path in tracked() for word in _forbidden_in(path)]
    assert found == []


@pytest.mark.parametrize(
    "words", ["--index-url " + "http://x", "see /work" + "/main", "https://py" + "pi.org/simple"]
)
def test_the_pattern_finds_what_it_should(words: str) -> None:
    assert FORBIDDEN.search(words)


def _forbidden_in(path: Path) -> list[str]:
    try:
        return FORBIDDEN.findall(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return []
