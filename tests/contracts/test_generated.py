"""What is generated is up to date, and the check says which file is not."""

from pathlib import Path

import pytest

from libs.casework.events import EVENTS
from libs.casework.vocabulary import Stage
from tools import generate
from tools.events_page import events_page
from tools.lifecycle_page import lifecycle_page


def test_nothing_generated_is_stale() -> None:
    assert [path.name for path in generate.stale(generate.generated())] == []


def test_a_stale_file_is_named_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "sample_files", dict)
    monkeypatch.setattr(generate, "PAGES", {"docs/lifecycle.md": lifecycle_page})
    assert generate.main(["--check"]) == 1
    assert "stale: docs/lifecycle.md" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_the_event_page_names_every_event_and_the_lifecycle_page_every_stage() -> None:
    events, lifecycle = events_page(), lifecycle_page()
    assert all(f"## {name} {EVENTS[name].ZH}" in events for name in EVENTS.names())
    assert all(f"{stage}: {stage.zh}" in lifecycle for stage in Stage)
