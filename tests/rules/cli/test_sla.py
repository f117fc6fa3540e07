"""`banjie sla`: deadlines on the command line, with nothing running."""

import json
from pathlib import Path

import pytest

from cli.main import main
from libs.plumbing.data import data_folder

FRIDAY = ["sla", "due", "--from", "2026-11-27T17:30", "--limit", "4 工作时"]
Screen = pytest.CaptureFixture[str]


def typed(words: list[str], monkeypatch: pytest.MonkeyPatch, screen: Screen) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["banjie", *words])
    with pytest.raises(SystemExit) as end:
        main()
    heard = screen.readouterr()
    return int(str(end.value.code)), heard.out, heard.err


def test_a_deadline_is_told_in_both_languages(monkeypatch: pytest.MonkeyPatch, capsys: Screen) -> None:
    code, out, _ = typed(FRIDAY, monkeypatch, capsys)
    assert code == 0
    assert "届满 2026-11-30 周一 12:00" in out
    assert "due: Mon 2026-11-30 12:00" in out
    assert "█" in out


def test_for_machines_it_is_one_document(monkeypatch: pytest.MonkeyPatch, capsys: Screen) -> None:
    pause = ["--pause", "2026-11-27T17:40/2026-11-30T09:00", "--pause", "2026-11-30T10:00/2026-11-30T11:00"]
    code, out, _ = typed([*FRIDAY, *pause, "--calendar", "handbook-8h", "--json"], monkeypatch, capsys)
    found = json.loads(out)
    assert (code, found["due"], found["calendar"]) == (0, "2026-11-30T15:50:00+08:00", "handbook-8h")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sla"], "see: banjie sla --help"),
        (["sla", "due"], "'--from'"),
        ([*FRIDAY[:4], "--limit", "4 weeks"], "--limit: '4 weeks' is no limit"),
        ([*FRIDAY, "--calendar", "moon"], "--calendar: there is no calendar 'moon'"),
        ([*FRIDAY, "--pause", "lunch"], "--pause: 'lunch' is no pause"),
        (["sla", "due", "--from", "now", "--limit", "1 工作日"], "--from: 'now' is no instant"),
        (
            ["sla", "due", "--from", "2026-12-31T09:00", "--limit", "1 工作日"],
            "no table of rest days for 2027",
        ),
    ],
)
def test_what_was_typed_wrong_is_one_line_and_code_two(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    code, out, err = typed(words, monkeypatch, capsys)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: None, "cannot read"),
        (lambda text: text.replace("Asia/Shanghai", "Mars/Olympus"), "there is no time zone 'Mars/Olympus'"),
    ],
)
def test_data_that_cannot_be_used_is_one_line_and_code_one(
    spoil,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Screen,  # type: ignore[no-untyped-def]
) -> None:
    text = spoil((data_folder() / "calendars.yaml").read_text("utf-8"))
    if text:
        (tmp_path / "calendars.yaml").write_text(text, "utf-8")
        (tmp_path / "holidays.yaml").write_text((data_folder() / "holidays.yaml").read_text("utf-8"), "utf-8")
    monkeypatch.setenv("BANJIE_DATA_FOLDER", str(tmp_path))
    code, _, err = typed(FRIDAY, monkeypatch, capsys)
    assert (code, err.count("\n")) == (1, 1)
    assert said in err
