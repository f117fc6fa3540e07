"""Reviewed data that somebody has spoiled: one line with file, line and what is wrong, whoever reads it."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from cli.console import FailedError
from cli.limits import calendars, in_data
from cli.names import known_level
from libs.plumbing.data import data_folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    copytree(data_folder(), folder)
    monkeypatch.setenv("BANJIE_DATA_FOLDER", str(folder))
    return folder


@pytest.mark.parametrize(
    ("name", "old", "read"),
    [
        ("calendars.yaml", "timezone: Asia/Shanghai", calendars),
        ("holidays.yaml", "status: official", calendars),
        ("policies.yaml", "colour: yellow", in_data),
        ("policies.yaml", "colour: yellow", lambda: known_level("near")),
    ],
)
def test_spoiled_data_is_one_line_that_names_file_and_line(
    data: Path, name: str, old: str, read: Callable[[], object]
) -> None:
    text = (data / name).read_text("utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if old in each)
    key = old.partition(":")[0]
    (data / name).write_text(text.replace(old, f"{key}: moon", 1), "utf-8")
    with pytest.raises(FailedError) as wrong:
        read()
    said = str(wrong.value)
    assert f"{name}, line {line}: " in said
    assert "\n" not in said
