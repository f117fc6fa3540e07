"""Times, tables and where an installation is looked for."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.home import find_folder
from cli.site import from_environment
from cli.timeline import duration, local_time, timeline, zone_of

MS, S, MIN, H, D = 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000


@pytest.mark.parametrize(
    ("micros", "said"),
    [
        (0, "0 ms"),
        (128 * MS, "128 ms"),
        (3.4 * S, "3.4 s"),
        (5 * MIN + 10 * S, "5 min 10 s"),
        (2 * H, "2 h"),
        (2 * H + 5 * MIN + 59 * S, "2 h 5 min"),
        (3 * D + 4 * H, "3 d 4 h"),
    ],
)
def test_a_length_of_time_is_told_by_its_two_greatest_units(micros: float, said: str) -> None:
    assert duration(micros) == said


def test_an_instant_is_told_on_the_office_s_clock() -> None:
    assert local_time("2026-11-24T03:17:07.965226Z", zone_of("yingbin")) == "2026-11-24 11:17:07"
    assert zone_of("an office of long ago") == "Asia/Shanghai"


def test_a_story_tells_when_what_where_and_who_in_both_languages() -> None:
    console = Console(width=200, file=StringIO(), record=True)
    console.print(timeline({"number": "YB-2611-00001", "entries": [an_entry()]}))
    told = console.export_text()
    for word in ("受理上报 reported", "已受理 reported", "受理 intake", "居民 resident", "11:17:07"):
        assert word in told


def test_the_data_folder_is_found_upward_like_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANJIE_DATA", raising=False)
    (tmp_path / ".banjie").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_folder(start=tmp_path / "a" / "b") == tmp_path / ".banjie"
    assert find_folder(tmp_path / "given", start=tmp_path) == tmp_path / "given"
    monkeypatch.setenv("BANJIE_DATA", str(tmp_path / "named"))
    assert find_folder(start=tmp_path) == tmp_path / "named"


def test_a_folder_that_is_named_counts_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANJIE_MONGO_URI", "mongodb://db/")
    assert from_environment(None)
    assert not from_environment(Path("/somewhere"))
    monkeypatch.delenv("BANJIE_MONGO_URI")
    assert not from_environment(None)


def an_entry() -> dict[str, Any]:
    return {
        "seq": 1,
        "at": "2026-11-24T03:17:07.965226Z",
        "waited_us": 0,
        "name": {"zh": "受理上报", "en": "reported"},
        "stage": "reported",
        "said_by": "intake",
        "actor": {"role": "resident"},
    }
