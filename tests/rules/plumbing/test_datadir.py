"""The data folder: secrets, ports, locks, logs."""

import json
import socket
from pathlib import Path

import pytest

from libs.plumbing.embedded.datadir import DataDir, write_json
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.logfiles import last_lines, open_log, trim
from libs.plumbing.embedded.ports import chosen_ports, kept_ports


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    assert data.secret("one") == DataDir(tmp_path / "data").secret("one")
    assert data.secret("one") != data.secret("two")
    assert (data.secrets / "one").stat().st_mode & 0o777 == 0o600
    assert data.root.stat().st_mode & 0o777 == 0o700


def test_a_folder_has_one_holder_at_a_time(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    with data.hold(), pytest.raises(EmbeddedError, match="already running"), data.hold():
        pass
    with data.hold():
        pass


def test_ports_are_chosen_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    assert chosen_ports(file, ("a", "b")) == chosen_ports(file, ("a", "b")) == kept_ports(file)


def test_a_taken_port_alone_is_chosen_again(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    before = chosen_ports(file, ("a", "b"))
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taker.bind(("127.0.0.1", before["a"]))
        taker.listen()
        after = chosen_ports(file, ("a", "b"))
    assert after["a"] != before["a"]
    assert after["b"] == before["b"]


def test_ports_of_a_folder_that_never_ran_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="nothing runs here"):
        kept_ports(tmp_path / "ports.json")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    write_json(file, {"状态": 1})
    write_json(file, {"状态": 2})
    assert json.loads(file.read_text("utf-8")) == {"状态": 2}
    assert list(tmp_path.iterdir()) == [file]


def test_a_long_log_starts_anew_under_the_program_that_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "part.log"
    with open_log(file) as log:
        log.write(b"old\n" * 100)
        assert trim(file, limit=50)
        assert not trim(file, limit=50)
        log.write(b"new\n")
    assert file.read_bytes() == b"new\n"
    assert (tmp_path / "part.log.1").stat().st_size == 400


def test_the_last_lines_of_a_log_are_few_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "part.log"
    assert last_lines(file) == []
    file.write_text("\n".join(f"line {number}" for number in range(1000)))
    assert last_lines(file, 2) == ["line 998", "line 999"]
