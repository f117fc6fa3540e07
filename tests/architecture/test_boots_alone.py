"""Each service starts with nothing but `libs` and itself present."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))
BOOT = """
import importlib, pathlib, sys
sys.path.insert(0, {place!r})
module = importlib.import_module("services.{service}.app")
assert pathlib.Path(module.__file__).is_relative_to({place!r}), module.__file__
others = [name for name in sys.modules if name.startswith("services.") and name.split(".")[1] != "{service}"]
assert not others, others
assert not any(name == "cli" or name.startswith("cli.") for name in sys.modules)
"""


@pytest.fixture(scope="module")
def libs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("libs")
    shutil.copytree(ROOT / "libs", place / "libs", ignore=shutil.ignore_patterns("__pycache__"))
    return place / "libs"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_boots_with_only_libs_and_itself(service: str, libs: Path, tmp_path: Path) -> None:
    (tmp_path / "libs").symlink_to(libs)
    (tmp_path / "services").mkdir()
    shutil.copy(ROOT / "services/__init__.py", tmp_path / "services")
    own = ROOT / "services" / service
    shutil.copytree(own, tmp_path / "services" / service, ignore=shutil.ignore_patterns("__pycache__"))
    code = BOOT.format(place=str(tmp_path), service=service)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
