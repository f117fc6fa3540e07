"""What clerks and grid workers may decide, and what they are told when they may not."""

from typing import Any

import pytest

from libs.casework.case import Case
from libs.casework.events.triage import Classified, ConfirmationAsked, Confirmed, Filed, Rejected
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage, Urgency
from libs.stages.commands import Decision, Sealed
from services.triage.bodies import Classification, Confirmation, ConfirmationWish, Rejection
from services.triage.commands import Desk, command_table, split_table
from tests.support.cases import a_case_at, a_content, a_reported_case, an_actor
from tests.support.reference import catalogue, offices, places, reasons

DESK = Desk(catalogue(), places(), offices(), reasons(), "test")
CLERK = an_actor(Role.CLERK)
PRIVATE = next(subclass.id for subclass in catalogue().subclasses if subclass.private)


def filed(case: Case | None = None, **body: Any) -> Decision:
    return DESK.file(case or a_reported_case(), CLERK, Classification(**body), Sealed())


def the_refusal(decision: Decision) -> Refusal:
    assert isinstance(decision, Refusal)
    return decision


def the_classification(decision: Decision) -> Classified:
    assert isinstance(decision, tuple)
    assert isinstance(decision[0], Classified)
    return decision[0]


def test_a_clerk_files_a_case_under_a_category() -> None:
    decision = filed(category="hoarding", grid="140213053901001")
    told = the_classification(decision)
    assert (told.category, told.grid, told.community) == ("hoarding", "140213053901001", "140213053901")
    assert isinstance(decision, tuple)
    assert isinstance(decision[1], Filed)


def test_urgency_is_the_categorys_unless_the_clerk_says_otherwise() -> None:
    assert the_classification(filed(category="hoarding")).urgency is Urgency.NORMAL
    assert the_classification(filed(category="hoarding", urgency="urgent")).urgency is Urgency.URGENT


def test_a_case_becomes_public_only_when_the_clerk_says_so() -> None:
    assert not the_classification(filed(category="hoarding")).public
    assert the_classification(filed(category="hoarding", public=True)).public


def test_a_private_category_is_never_made_public() -> None:
    refusal = the_refusal(filed(category=PRIVATE, public=True))
    assert (refusal.code, refusal.field, refusal.attempted) == (Why.INVALID, "public", "file")
    assert not the_classification(filed(a_reported_case(public=True), category=PRIVATE)).public


def test_a_grid_of_another_street_moves_the_case_to_its_office() -> None:
    assert the_classification(filed(category="hoarding", grid="140213066901001")).office == "shuibosi"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"category": "nothing"}, "category"), ({"category": "hoarding", "grid": "140213053"}, "grid")],
)
def test_what_is_not_in_the_data_is_refused_by_field(body: dict[str, Any], field: str) -> None:
    refusal = the_refusal(filed(**body))
    assert (refusal.code, refusal.field, refusal.stage) == (Why.INVALID, field, Stage.REPORTED)


def test_reclassifying_changes_the_category_and_nothing_else() -> None:
    case = a_case_at(Stage.WORKING, public=True, grid="140213053901001", community="140213053901")
    decision = DESK.reclassify(case, CLERK, Classification(category="exposed_garbage"), Sealed())
    told = the_classification(decision)
    assert (told.category, told.grid, told.office, told.public) == (
        "exposed_garbage",
        case.grid,
        case.office,
        True,
    )
    assert isinstance(decision, tuple)
    assert len(decision) == 1


def test_a_clerk_rejects_with_a_reason_of_the_list() -> None:
    words = a_content()
    decision = DESK.reject(a_reported_case(), CLERK, Rejection(reason="not_our_matter"), Sealed((words,)))
    assert decision == (Rejected(reason="not_our_matter", words=words),)


def test_a_reason_outside_the_list_is_refused_with_the_list() -> None:
    refusal = the_refusal(DESK.reject(a_reported_case(), CLERK, Rejection(reason="mood"), Sealed()))
    assert (refusal.code, refusal.field) == (Why.INVALID, "reason")
    assert "not_found" in refusal.allowed


def confirmed(case: Case, found: bool) -> Decision:
    return DESK.confirm(case, an_actor(Role.GRID_WORKER), Confirmation(found=found), Sealed())


def test_what_was_found_on_the_spot_is_filed() -> None:
    case = a_case_at(Stage.CONFIRMING, category="hoarding", grid="140213053901001")
    assert confirmed(case, True) == (
        Confirmed(found=True),
        Filed(category="hoarding", source=case.source, grid=case.grid, community=case.community),
    )


def test_what_was_not_found_is_rejected_as_not_found() -> None:
    case = a_case_at(Stage.CONFIRMING, category="hoarding")
    assert confirmed(case, False) == (Confirmed(found=False), Rejected(reason="not_found"))


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CONFIRMING])
def test_a_case_that_is_not_to_be_confirmed_is_refused_with_stage_and_step(stage: Stage) -> None:
    refusal = the_refusal(confirmed(a_case_at(stage), True))
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "confirmed.v1")


def test_every_command_has_its_verb_and_its_people() -> None:
    table = command_table(DESK)
    by_hand = ["ask_confirmation", "merge", "unmerge", "reinstate", "link", "unlink"]
    assert list(table) == ["file", "reject", "confirm", "reclassify", *by_hand]
    assert list(split_table(DESK)) == ["split"]
    assert Role.GRID_WORKER in table["confirm"].roles
    assert Role.GRID_WORKER not in table["file"].roles


@pytest.mark.parametrize(
    "hostile",
    [{}, {"found": "yes"}, {"found": 1}, {"found": True, "words": "\x00"}, {"found": True, "x": 1}],
)
def test_a_hostile_confirmation_is_not_read(hostile: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Confirmation.model_validate(hostile)


def test_a_category_does_not_make_the_danger_of_queued_words_less() -> None:
    queued = a_reported_case(urgency=Urgency.EMERGENCY)
    assert the_classification(filed(queued, category="hoarding")).urgency is Urgency.EMERGENCY
    assert the_classification(filed(queued, category="hoarding", urgency="normal")).urgency is Urgency.NORMAL


def test_filing_keeps_the_place_that_queueing_found() -> None:
    place = {"office": "shuibosi", "grid": "140213066901001", "community": "140213066901"}
    told = the_classification(filed(a_reported_case(**place), category="hoarding"))
    assert {name: getattr(told, name) for name in place} == place


def sent_to_look(case: Case, **body: Any) -> Decision:
    return command_table(DESK)["ask_confirmation"].decide(case, CLERK, ConfirmationWish(**body), Sealed())


def test_somebody_is_sent_to_look_where_the_case_says() -> None:
    known = a_reported_case(category="hoarding", grid="140213053901001")
    assert sent_to_look(known) == (ConfirmationAsked(grid="140213053901001"),)


def test_who_is_sent_to_look_has_to_know_for_what_and_where() -> None:
    assert the_refusal(sent_to_look(a_reported_case(grid="140213053901001"))).field == "category"
    assert the_refusal(sent_to_look(a_reported_case(category="hoarding", grid=None))).field == "grid"
    told = sent_to_look(a_reported_case(), category="hoarding", grid="140213066901001")
    assert the_classification(told).office == "shuibosi"
    assert isinstance(told, tuple)
    assert told[1] == ConfirmationAsked(grid="140213066901001")


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.REPORTED])
def test_only_what_has_just_been_reported_is_sent_to_be_looked_at(stage: Stage) -> None:
    refusal = the_refusal(sent_to_look(a_case_at(stage)))
    assert (refusal.code, refusal.stage) == (Why.NOT_THIS_STAGE, stage)
