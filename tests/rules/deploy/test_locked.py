"""How the packages of an image are cut out of the one lock."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKED = runpy.run_path(str(ROOT / "deploy/locked.py"))
LOCK = """\
numpy==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:aa
numpy==2.0 ; python_full_version >= '3.12' \\
    --hash=sha256:bb
pytest==8.0 \\
    --hash=sha256:cc
PyYAML==6.0 \\
    --hash=sha256:dd \\
    --hash=sha256:ee
"""


def report(*names: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    return {"install": [{"metadata": {"name": name}} for name in names]}


def test_only_what_pip_names_is_chosen_with_its_hashes() -> None:
    chosen = LOCKED["chosen"](LOCKED["blocks"](LOCK), report("pyyaml"))

    assert chosen == "PyYAML==6.0 \\\n    --hash=sha256:dd \\\n    --hash=sha256:ee\n"


def test_both_entries_of_a_name_are_chosen_for_pip_to_read_their_markers() -> None:
    chosen = LOCKED["chosen"](LOCKED["blocks"](LOCK), report("numpy"))

    assert chosen.count("numpy==") == 2


def test_a_package_that_the_lock_lacks_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="not in the lock: surprise"):
        LOCKED["chosen"](LOCKED["blocks"](LOCK), report("numpy", "surprise"))


def test_constraints_keep_versions_and_markers_but_no_hashes() -> None:
    lines = LOCKED["constraints"](LOCKED["blocks"](LOCK)).splitlines()

    assert lines[0] == "numpy==1.0 ; python_full_version < '3.12'"
    assert "hash" not in " ".join(lines)


def test_the_lock_of_this_project_is_read_whole() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    assert "".join(f"{entry}\n" for entry in LOCKED["blocks"](lock)) == lock
