"""What an error says to whoever typed the command."""

import httpx
import pytest
import typer
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from cli.console import FailedError, UsageError
from cli.errors import line_and_code
from cli.main import main
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.principals import PrincipalError
from libs.plumbing.settings import SettingsError


@pytest.mark.parametrize("error", [UsageError("x"), SettingsError("x"), PrincipalError("x")])
def test_what_was_typed_wrong_is_code_two(error: Exception) -> None:
    assert line_and_code(error) == ("x", 2)


@pytest.mark.parametrize("error", [FailedError("x"), EmbeddedError("x")])
def test_what_did_not_work_is_code_one(error: Exception) -> None:
    assert line_and_code(error) == ("x", 1)


def test_ctrl_c_at_a_prompt_is_code_130() -> None:
    assert line_and_code(typer.Abort())[1] == 130


def test_a_server_that_is_away_is_named() -> None:
    assert "MongoDB does not answer" in line_and_code(ServerSelectionTimeoutError("127.0.0.1:1"))[0]
    assert "the user or password" in line_and_code(OperationFailure("no", code=18))[0]
    assert "HTTP" in line_and_code(httpx.ConnectError("no"))[0]


def test_a_file_that_cannot_be_read_is_named() -> None:
    assert line_and_code(PermissionError(13, "Permission denied", "/x")) == ("/x: Permission denied", 1)


def test_an_error_that_nobody_foresaw_does_not_quote_what_a_person_wrote() -> None:
    line, code = line_and_code(KeyError("张三 13900000000"))
    assert code == 1
    assert "KeyError" in line
    assert "139" not in line


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["nope"], 2, "No such command 'nope'"),
        (["up", "--port", "0"], 2, "--port"),
        (["up", "--nope"], 2, "--nope"),
        (["case"], 2, "see: banjie case --help"),
        (["case", "show"], 2, "CASE"),
        (["status", "--data", "/nowhere"], 2, "no installation at /nowhere"),
        (["report", "--text", "x", "--lon", "1", "--data", "/nowhere"], 2, "--lat"),
        (["report", "--text", "x", "--photo", "/nowhere.jpg", "--data", "/nowhere"], 2, "/nowhere.jpg"),
        (["rejected", "replay"], 2, "--all"),
        (["publisher", "add", "X", "--office", "yingbin", "--door", "reports"], 2, "'X'"),
    ],
)
def test_every_error_is_one_line(
    typed: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["banjie", *typed])
    with pytest.raises(SystemExit) as end:
        main()
    heard = capsys.readouterr()
    assert (end.value.code, heard.out) == (code, "")
    assert heard.err.startswith("banjie: ")
    assert heard.err.count("\n") == 1
    assert said in heard.err


@pytest.mark.parametrize("typed", [["--version"], ["--help"], []])
def test_who_asks_for_help_gets_it(
    typed: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["banjie", *typed])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert "banjie" in capsys.readouterr().out
