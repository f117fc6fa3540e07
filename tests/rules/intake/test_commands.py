"""Taking a report back and adding to it: what the reporter may, what the office may, and when it is too late."""

from typing import Any

import pytest

from libs.casework.case import Case
from libs.casework.events.intake import DetailsAdded, Withdrawn
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import ENDED, Role, Stage
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from services.intake.bodies import Details
from services.intake.commands import command_table, receipt_table
from tests.support.cases import a_case_at, a_content, an_actor

OFFICE, HOLDERS = command_table(), receipt_table()
BEFORE_WORK = (Stage.REPORTED, Stage.CONFIRMING, Stage.FILED)


def withdrawn(case: Case, *words: Any, table: Any = HOLDERS) -> Decision:
    return table["withdraw"].decide(case, an_actor(Role.RESIDENT), Said(), Sealed(words))


def added(case: Case, body: Details, sealed: Sealed) -> Decision:
    return OFFICE["details"].decide(case, an_actor(Role.CLERK), body, sealed)


@pytest.mark.parametrize("stage", BEFORE_WORK)
@pytest.mark.parametrize("table", [OFFICE, HOLDERS])
def test_a_report_is_taken_back_before_a_unit_has_it(stage: Stage, table: Any) -> None:
    words = a_content()
    assert withdrawn(a_case_at(stage), words, table=table) == (Withdrawn(words=words),)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in BEFORE_WORK])
def test_later_it_is_refused_with_stage_and_step(stage: Stage) -> None:
    refusal = withdrawn(a_case_at(stage))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "withdrawn.v1")


def test_what_others_follow_is_not_taken_back_by_one() -> None:
    refusal = withdrawn(a_case_at(Stage.FILED, followers=2))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_ALLOWED, Stage.FILED, "withdraw")
    assert "2 other reports" in refusal.detail


def test_words_and_photos_are_added_to_what_goes_on() -> None:
    words, photo = a_content("details"), a_content("photo")
    body = Details(words="又多了一堆")
    assert [text.kind for text in body.texts()] == ["details"]
    assert added(a_case_at(Stage.WORKING), body, Sealed((words,), (photo,))) == (
        DetailsAdded(contents=(words, photo)),
    )


def test_an_empty_addition_is_refused() -> None:
    refusal = added(a_case_at(Stage.FILED), Details(), Sealed())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field) == (Why.INVALID, "words")


@pytest.mark.parametrize("stage", sorted(ENDED))
def test_nothing_is_added_to_what_has_ended(stage: Stage) -> None:
    refusal = added(a_case_at(stage), Details(words="x"), Sealed((a_content(),)))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "details_added.v1")


def test_residents_and_the_office_have_a_table_each() -> None:
    assert list(OFFICE) == list(HOLDERS) == ["withdraw", "details"]
    assert all(kind.roles == {Role.RESIDENT} for kind in HOLDERS.values())
    assert all(Role.RESIDENT not in kind.roles for kind in OFFICE.values())
