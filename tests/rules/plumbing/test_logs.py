"""Logs: one line of JSON, and never a person in it."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from libs.plumbing.logs import PERSONAL, drop_personal, logger, set_up_logs


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("name", sorted(PERSONAL))
def test_a_personal_field_is_dropped_at_any_depth(name: str) -> None:
    event = {"event": "x", name: "李四", "case": {"deep": [{name.upper(): "李四", "seq": 3}]}}
    kept = drop_personal(None, "info", event)
    assert "李四" not in json.dumps(kept, ensure_ascii=False)
    assert kept["case"] == {"deep": [{"seq": 3}]}
    assert name in kept["dropped"]


def test_the_callers_own_dictionary_stays_whole() -> None:
    inner = {"phone": "139", "seq": 1}
    drop_personal(None, "info", {"event": "x", "case": inner})
    assert inner == {"phone": "139", "seq": 1}


def test_a_line_names_the_service_and_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("triage")
    with structlog.contextvars.bound_contextvars(trace_id="t1", case_id="c1"):
        logger("libs.plumbing.somewhere").info("happened", seq=3)
    (line,) = lines(capsys)
    assert (line["service"], line["trace_id"], line["case_id"], line["seq"]) == ("triage", "t1", "c1", 3)
    assert line["module"] == "somewhere"


def test_an_error_leaves_its_type_and_places_and_not_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("triage")
    try:
        raise ValueError("李四 139…")
    except ValueError as error:
        logger("x").error("failed", exc_info=error)
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in str(line["places"])
    assert "李四" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("library", ["faust", "aiokafka.consumer", "uvicorn.error", "anything"])
def test_libraries_speak_in_the_same_form_from_warning_on(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("triage")
    logging.getLogger(library).info("chatter")
    logging.getLogger(library).warning("trouble with %s", "a broker")
    (line,) = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("trouble with a broker", library, "warning")


def test_a_librarys_traceback_keeps_its_words_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("triage")
    try:
        raise ValueError("李四")
    except ValueError:
        logging.getLogger("faust").exception("agent failed")
    assert "李四" not in capsys.readouterr().err


def test_below_its_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("triage", level="warning")
    logger("x").info("quiet")
    assert lines(capsys) == []


def test_a_client_that_complains_hundreds_of_times_a_second_is_heard_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("triage")
    for _ in range(300):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", 1)
    logging.getLogger("aiokafka").error("Unable to update metadata from %s", [1])
    logging.getLogger("uvicorn").error("failed")
    logging.getLogger("uvicorn").error("failed")
    assert len(lines(capsys)) == 4
