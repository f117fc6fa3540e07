"""`banjie data`: what is printed, and with which exit code."""

import shutil
from pathlib import Path

import pytest

from cli.console import FailedError, UsageError
from cli.dataset import check, diff
from libs.plumbing.data import data_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_folder(), tmp_path / "data"))


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old`; the number of its line."""
    text = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_good_data_pass(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(folder)
    assert "all files agree" in capsys.readouterr().out


def test_a_unit_that_is_not_there_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = change(folder, "categories.yaml", "lead: util_water", "lead: util_watr")
    with pytest.raises(FailedError, match="1 things do not fit"):
        check(folder)
    assert f"categories.yaml, line {line}: cover_water: there is no unit util_watr" in capsys.readouterr().out


def test_what_is_no_data_is_told_with_its_line(folder: Path) -> None:
    line = change(folder, "units.yaml", "returns_allowed: {value: 2", "returns_allowed: {value: -2")
    with pytest.raises(FailedError, match=f"units.yaml, line {line}: rules.returns_allowed.value"):
        check(folder)


def test_a_folder_that_is_not_there_is_a_usage_error(folder: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        check(folder / "elsewhere")
    (folder / "offices.yaml").unlink()
    with pytest.raises(UsageError, match="cannot read"):
        check(folder)


def test_a_difference_says_what_and_for_whom(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diff(folder)
    assert "nothing changes" in capsys.readouterr().out
    change(folder, "categories.yaml", "lead: util_water", "lead: enforce")
    diff(folder)
    told = capsys.readouterr().out
    assert "~ categories.yaml cover_water: lead: 'util_water' → 'enforce'" in told
    assert "unit enforce (lead): gains cover_water; loses –" in told
    assert "unit util_water (lead): gains –; loses cover_water" in told
