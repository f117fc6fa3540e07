"""What checking one case finds, on documents as they are stored."""

from typing import Any

import bson
import pytest

from libs.casestore.audit_trail import check_case
from libs.casestore.concerns import AS_STORED, CODEC
from libs.casestore.documents import case_document, event_document
from libs.casework.vocabulary import Stage
from tests.support.cases import a_content, a_told_case_at

TOLD = a_told_case_at(Stage.WORKING)


def stored(document: dict[str, Any]) -> dict[str, Any]:
    return bson.decode(bson.encode(document, codec_options=CODEC), codec_options=AS_STORED)


def the_log() -> list[dict[str, Any]]:
    return [stored(event_document(sealed)) for sealed in TOLD.log]


def kinds(log: list[dict[str, Any]]) -> set[str]:
    snapshot = stored(case_document(TOLD.so_far, {sealed.entry.type for sealed in TOLD.log}))
    return {finding.kind for finding in check_case(TOLD.case_id, snapshot, log).findings}


def test_a_sound_case_has_no_findings() -> None:
    assert kinds(the_log()) == set()


@pytest.mark.parametrize("name", ["seq", "body", "hash"])
@pytest.mark.parametrize("value", [None, "text", 1.5, b"bytes"])
def test_whatever_stands_there_instead_ends_in_findings(name: str, value: Any) -> None:
    log = the_log()
    log[2][name] = value
    assert kinds(log)


@pytest.mark.parametrize(
    "name", ["seq", "body", "hash", "_id", "case_id", "type", "at", "said_by", "stage", "office"]
)
def test_a_field_that_is_missing_is_found(name: str) -> None:
    log = the_log()
    del log[2][name]
    assert kinds(log)


@pytest.mark.parametrize("name", ["type", "at", "said_by", "stage", "office", "key"])
def test_a_copy_that_differs_from_the_bytes_is_found(name: str) -> None:
    log = the_log()
    log[2][name] = "else"
    assert kinds(log) == {"copy"}


@pytest.mark.parametrize("at", range(len(TOLD.log)))
def test_one_bit_anywhere_breaks_the_chain(at: int) -> None:
    log = the_log()
    body = bytearray(log[at]["body"])
    body[len(body) // 2] ^= 1
    log[at]["body"] = bytes(body)
    assert "chain" in kinds(log)


def test_the_content_that_is_looked_for_is_what_the_log_names_even_where_it_does_not_fold() -> None:
    noted = TOLD.then("noted").then("noted", words=(note := a_content("note")))
    log = [stored(event_document(sealed)) for sealed in noted.log]
    whole, without_its_report = (check_case(TOLD.case_id, None, each) for each in (log, log[1:]))
    assert [ref.kind for ref in whole.refs] == ["words", "photo", "note", "note"]
    assert (without_its_report.refs[-1], without_its_report.case_id) == (note, TOLD.case_id)


def test_an_entry_that_is_missing_at_the_end_shows_in_the_snapshot() -> None:
    assert kinds(the_log()[:-1]) == {"fold"}
