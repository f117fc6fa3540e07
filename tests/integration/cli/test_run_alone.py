"""One service alone, beside an installation or on servers that the environment names."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from tests.support.installation import Installation, banjie, free_port


def test_a_service_runs_alone_on_the_servers_of_a_folder(installation: Installation) -> None:
    port = free_port()
    with _running("run", "triage", "--data", str(installation.folder), "--port", str(port)) as process:
        _wait_ready(port, process)
        assert httpx.get(f"http://127.0.0.1:{port}/triage/openapi.json").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/intake/openapi.json").status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_a_service_runs_alone_on_what_the_environment_names(installation: Installation) -> None:
    port = free_port()
    told = dict(installation.home.service_env("records", installation.home.reach()))
    told |= {"BANJIE_HTTP_PORT": str(port), "BANJIE_INSTANCE": "elsewhere"}
    with _running("run", "records", "--role", "api", env=told) as process:
        _wait_ready(port, process)


def test_a_service_that_nobody_knows_is_a_usage_error(installation: Installation) -> None:
    ran = installation.banjie("run", "mayor")
    assert ran.code == 2
    assert "intake, triage" in ran.err


def test_a_wrong_setting_is_named() -> None:
    ran = banjie("run", "triage", env={"BANJIE_MONGO_URI": "http://nowhere"})
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "BANJIE_MONGO_URI" in ran.err


def test_ctrl_c_is_no_error_to_read(installation: Installation) -> None:
    with _running("report", "--text", "-", "--data", str(installation.folder)) as process:
        time.sleep(2.5)  # it waits for words
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""


@contextmanager
def _running(*arguments: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "cli.main", *arguments]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stderr=pipe, env=os.environ | dict(env or {}))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_ready(port: int, process: subprocess.Popen[bytes], within: float = 40) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"not ready within {within} s")
