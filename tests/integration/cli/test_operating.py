"""What an operator does all day: report, look, follow, verify, hand out keys."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.installation import Installation, Ran, banjie

WORDS = "小区门口垃圾成堆，没人清运"
PLACE = ("--lon", "113.288799", "--lat", "40.066986")


@pytest.fixture(scope="module")
def reported(installation: Installation) -> dict[str, Any]:
    """A resident's report that triage has decided on."""
    found: dict[str, Any] = installation.told("report", "--text", WORDS, *PLACE)
    until(lambda: _case(installation, found["number"])["stage"] == "confirming")
    return found


def test_a_report_gets_a_number_and_a_receipt(reported: dict[str, Any]) -> None:
    assert reported["number"].startswith("YB-")
    assert len(reported["receipt"]) >= 13


def test_the_same_report_again_is_the_same_case(installation: Installation) -> None:
    report = ("report", "--text", WORDS, *PLACE, "--idempotency-key", "cli-again-0123456789")
    first, second = installation.told(*report), installation.told(*report)
    assert first["case_id"] == second["case_id"]


def test_words_may_come_from_standard_input_with_a_photo_and_a_key(
    installation: Installation, tmp_path: Path
) -> None:
    Image.new("RGB", (40, 30), "green").save(tmp_path / "photo.jpg")
    key = installation.token("grid_worker", id="grid-1")
    ran = installation.banjie(
        "report", "--text", "-", *PLACE, "--photo", tmp_path / "photo.jpg", "--json",
        stdin=WORDS, env={"BANJIE_KEY": key},
    )  # fmt: skip
    assert ran.code == 0, ran
    case = _case(installation, ran.json["number"])
    assert case["source"] == "grid_worker"
    assert "photo" in {content["kind"] for content in case["contents"]}


def test_a_refused_report_says_why_in_one_line(installation: Installation) -> None:
    ran = installation.banjie("report", "--text", WORDS, "--category", "no_such_thing")
    assert_one_line(ran, 1)
    assert "no_such_thing" in ran.err


def test_a_case_is_found_by_number_and_by_id(installation: Installation, reported: dict[str, Any]) -> None:
    by_number, by_id = (_case(installation, reported[name]) for name in ("number", "case_id"))
    assert by_number == by_id
    listed = installation.told("case", "list", "--stage", "confirming", "--category", "exposed_garbage")
    assert reported["case_id"] in {case["case_id"] for case in listed["cases"]}
    assert_one_line(installation.banjie("case", "show", "YB-0000-00000"), 1)


def test_a_story_tells_who_said_what_in_both_languages(
    installation: Installation, reported: dict[str, Any]
) -> None:
    told = installation.told("case", "log", reported["number"])
    assert [entry["event"] for entry in told["entries"]][:2] == ["reported.v1", "classified.v1"]
    table = installation.banjie("case", "log", reported["number"]).out
    for word in ("受理上报", "reported", "triage", "Asia/Shanghai", "居民 resident"):
        assert word in table
    assert WORDS not in table


def test_the_log_is_verified_whole_and_case_by_case(
    installation: Installation, reported: dict[str, Any]
) -> None:
    ran = banjie("verify", "--json", "--data", installation.folder)  # it starts processes of its own
    assert ran.code == 0, ran
    assert ran.json["ok"]
    assert ran.json["cases"] >= 1
    assert installation.told("verify", "--case", reported["number"])["cases"] == 1


def test_figures_count_every_stage(installation: Installation, reported: dict[str, Any]) -> None:
    assert installation.told("stats")["stages"]["confirming"] >= 1
    assert "待核实 confirming" in installation.banjie("stats").out


def test_a_case_that_is_not_parked_cannot_be_unparked(
    installation: Installation, reported: dict[str, Any]
) -> None:
    ran = installation.banjie("case", "unpark", reported["number"])
    assert_one_line(ran, 1)
    assert "confirming" in ran.err
    assert "unpark" in ran.err


def test_a_key_is_shown_once_listed_without_itself_and_revoked(installation: Installation) -> None:
    made = installation.told("key", "create", "clerk-li", "--role", "clerk", "--office", "yingbin")
    alone = installation.banjie("key", "create", "clerk-wang", "--role", "clerk", "--office", "yingbin")
    assert len(alone.out.splitlines()) == 1  # KEY=$(banjie key create …)
    assert queue_for(installation, made["key"]) == 200
    listed = installation.banjie("key", "list", "--json")
    assert made["key_id"] in {key["key_id"] for key in listed.json}
    assert made["key"] not in listed.out
    assert installation.banjie("key", "revoke", made["key_id"]).code == 0
    until(lambda: queue_for(installation, made["key"]) == 401)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--role", "mayor", "--office", "yingbin"),
        ("--role", "clerk", "--office", "atlantis"),
        ("--role", "unit_worker", "--office", "yingbin"),
        ("--role", "unit_worker", "--office", "yingbin", "--unit", "nobody"),
        ("--role", "grid_worker", "--office", "yingbin", "--grid", "1"),
        ("--role", "grid_worker", "--office", "yingbin"),
        ("--role", "grid_worker", "--office", "yingbin", "--grid", "140213066901001"),
    ],
)
def test_a_key_for_nobody_is_a_usage_error(installation: Installation, wrong: tuple[str, ...]) -> None:
    assert_one_line(installation.banjie("key", "create", "x", *wrong), 2)


def test_servers_that_the_environment_names_are_as_good_as_a_folder(
    installation: Installation, reported: dict[str, Any]
) -> None:
    env = dict(installation.home.service_env("records", installation.home.reach()))
    ran = banjie("verify", "--case", reported["number"], "--json", env=env)
    assert ran.code == 0, ran
    assert ran.json["ok"]


def queue_for(installation: Installation, key: str) -> int:
    with installation.http() as client:
        return client.get("/triage/v1/queue", headers={"Authorization": f"Bearer {key}"}).status_code


def assert_one_line(ran: Ran, code: int) -> None:
    assert ran.code == code, ran
    assert ran.err.startswith("banjie: ")
    assert ran.err.count("\n") == 1


def until(true: Callable[[], bool], within: float = 20) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def _case(installation: Installation, case: str) -> dict[str, Any]:
    found: dict[str, Any] = installation.told("case", "show", case)
    return found


@pytest.mark.parametrize(
    "wrong",
    [
        ("case", "list", "--unit", "nobody"),
        ("case", "list", "--category", "nothing"),
        ("case", "list", "--office", "nowhere"),
        ("stats", "--office", "nowhere"),
        ("bench", "--nope"),
        ("bench", "--json", "no/such/folder/figures.json"),
    ],
)
def test_what_does_not_exist_is_a_usage_error_and_no_empty_answer(
    installation: Installation, wrong: tuple[str, ...]
) -> None:
    ran = installation.banjie(*wrong) if wrong[0] != "bench" else banjie(*wrong)
    assert_one_line(ran, 2)
