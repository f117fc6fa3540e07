"""One process of a service, started and stopped as a supervisor does it."""

import socket
import time

import httpx
import pytest

from tests.integration.plumbing.workplace import Workplace, ended, stopped, until


@pytest.fixture
def port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_one_process_serves_and_consumes_and_is_gone_within_five_seconds(
    workplace: Workplace, port: int
) -> None:
    child = await workplace.start("service_program", "all", workplace.topic, http_port=port)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        await until(lambda: _answers(http, "/readyz", 200))
        assert f"{workplace.settings.service}.worker" in (await http.get("/readyz")).json()["checks"]
        await workplace.send("ok", "ok")
        await until(lambda: _counts(http, f"/{workplace.settings.service}/count", 2))
        assert "banjie_records_handled_total" in (await http.get("/metrics")).text
    began = time.monotonic()
    assert await stopped(child) == 0
    assert time.monotonic() - began < 5


async def test_an_api_process_runs_no_worker(workplace: Workplace, port: int) -> None:
    child = await workplace.start("service_program", "api", workplace.topic, http_port=port)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        await until(lambda: _answers(http, "/readyz", 200))
        assert (await http.get("/readyz")).json() == {"ok": True, "checks": {}}
    assert await stopped(child) == 0
    assert b"worker_started" not in workplace.log.read_bytes()


@pytest.mark.parametrize(("proxies", "believed"), [("", "127.0.0.1"), ("127.0.0.1", "10.1.2.3")])
async def test_only_a_trusted_proxy_is_believed_who_asks(
    workplace: Workplace, port: int, proxies: str, believed: str
) -> None:
    child = await workplace.start(
        "service_program", "api", workplace.topic, http_port=port, trusted_proxies=proxies
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        await until(lambda: _answers(http, "/readyz", 200))
        path = f"/{workplace.settings.service}/caller"
        assert (await http.get(path, headers={"X-Forwarded-For": "10.1.2.3"})).json() == believed
    assert await stopped(child) == 0


async def test_a_worker_process_answers_only_on_its_own_port(workplace: Workplace, port: int) -> None:
    child = await workplace.start("service_program", "worker", workplace.topic, worker_port=port)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        await until(lambda: _answers(http, "/readyz", 200))
        assert (await http.get(f"/{workplace.settings.service}/count")).status_code == 404
    assert await stopped(child) == 0


@pytest.mark.parametrize(
    ("secret", "line"),
    [("mongo_password", "MongoDB refuses user"), ("kafka_password", "refuses user")],
)
async def test_a_wrong_password_is_one_plain_line_and_code_2(
    workplace: Workplace, port: int, secret: str, line: str
) -> None:
    (workplace.secrets / secret).write_text("wrong")
    child = await workplace.start("service_program", "all", workplace.topic, http_port=port)
    assert await ended(child) == 2
    assert any(line in said and "wrong password" in said for said in workplace.log.read_text().splitlines())


async def test_a_taken_port_is_one_plain_line_and_code_2(workplace: Workplace, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        child = await workplace.start("service_program", "api", workplace.topic, http_port=port)
        assert await ended(child) == 2
    assert f"cannot listen on 127.0.0.1:{port}" in workplace.log.read_text().splitlines()[-1]


async def test_a_wrong_setting_is_one_plain_line_and_code_2(workplace: Workplace) -> None:
    child = await workplace.start("service_program", "api", workplace.topic, http_port=0)
    assert await ended(child) == 2
    assert workplace.log.read_text().count("\n") == 1


async def _answers(http: httpx.AsyncClient, path: str, status: int) -> bool:
    try:
        return (await http.get(path)).status_code == status
    except httpx.TransportError:
        return False


async def _counts(http: httpx.AsyncClient, path: str, count: int) -> bool:
    return bool((await http.get(path)).json() == count)
