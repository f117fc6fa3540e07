"""One command up, one command down, and nothing left behind."""

import json
import socket

import psutil

from libs.plumbing.principals import Principal
from libs.plumbing.security import Verifier, public_part
from tests.support.installation import Installation, banjie

PARTS = {"mongod", "kafka", "gateway", "intake", "triage", "dispatch", "closure", "sla", "records", "relay"}


def test_a_second_installation_starts_beside_the_first_and_leaves_nothing_behind(
    installation: Installation, own_installation: Installation
) -> None:
    welcome = own_installation.start()
    assert own_installation.url in welcome.out
    assert_first_key_of(own_installation, welcome.out)
    for one in (installation, own_installation):
        told = one.told("status")
        assert told["ok"]
        assert set(told["parts"]) == PARTS
        assert told["url"] == one.url

    again = own_installation.start()
    assert "eyJ" not in again.out  # the key is shown once
    assert "eyJ" not in own_installation.tail("supervisor", 1000)

    processes = own_installation.processes()
    assert len(processes) == 1 + len(PARTS)
    stopped = own_installation.banjie("down", "--json")
    assert stopped.json["stopped"]
    assert stopped.json["after_s"] < 12
    assert not [process for process in processes if process.is_running()]
    assert own_installation.banjie("status").code == 1
    assert own_installation.banjie("down").code == 0
    assert installation.told("status")["ok"]


def assert_first_key_of(one: Installation, said: str) -> None:
    key = next(line for line in said.splitlines() if line.startswith("eyJ"))
    principal = Verifier(public_part(one.home.signing_key), lambda key_id: False).verify(key, 0)
    assert isinstance(principal, Principal)
    assert principal.roles == {"administrator"}
    assert one.home.data.root.stat().st_mode & 0o077 == 0


def test_a_command_on_what_does_not_run_says_so_in_one_line(own_installation: Installation) -> None:
    assert own_installation.home.data.run.is_dir()  # nothing runs there
    for command in (["case", "list"], ["verify"], ["stats"], ["rejected", "list"], ["key", "list"]):
        ran = own_installation.banjie(*command)
        assert ran.code == 1
        assert ran.err.startswith("banjie: not running on ")
        assert ran.err.count("\n") == 1


def test_a_taken_port_is_named(own_installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = banjie("up", "--detach", "--data", own_installation.folder, "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"banjie: port {port} is taken; say --port N, or stop what listens there\n"


def test_an_installation_that_runs_is_not_started_twice(installation: Installation) -> None:
    ran = banjie("up", "--data", installation.folder)
    assert ran.code == 1
    assert "already running" in ran.err


def test_the_doctor_finds_this_machine_fit_and_its_installation_up(installation: Installation) -> None:
    told = installation.told("doctor")
    assert told["ok"]
    assert told["up"]
    assert told["ports"]["http"] == installation.port
    assert {"python", "mongod", "kafka", "java"} == set(told["versions"])


def test_with_mongodb_gone_a_command_says_so_in_one_line(own_installation: Installation) -> None:
    own_installation.start()
    supervisor = psutil.Process(json.loads(own_installation.home.data.status.read_text())["supervisor"])
    supervisor.suspend()  # nobody restarts anything now
    psutil.Process(own_installation.pid_of("mongod")).kill()
    try:
        for command in (["verify"], ["key", "list"]):
            ran = own_installation.banjie(*command)
            assert ran.code == 1
            assert ran.err.startswith("banjie: ")
            assert ran.err.count("\n") == 1
    finally:
        supervisor.resume()
