"""Several matters in one report: what each part becomes, and when a report is not split."""

from typing import Any

import pytest

from libs.casework.case import Case, Link
from libs.casework.events.triage import Classified, ConfirmationAsked, Filed, SplitOff
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Source, Stage, Tie, Urgency
from libs.stages.commands import Decision, Sealed
from services.triage.bodies import Splitting
from services.triage.commands import Desk, split_table
from services.triage.joining import MOST_LINKS
from services.triage.splitting import begins
from tests.support.cases import a_case_at, a_content, an_actor, new_id
from tests.support.reference import catalogue, offices, places, reasons

GRID, ELSEWHERE = "140213053901001", "140213066901001"
DESK = Desk(catalogue(), places(), offices(), reasons(), "test")
SUPPLIES = "infant_supplies"


def split(case: Case, *parts: dict[str, Any]) -> Decision:
    body = Splitting(parts=tuple({"words": "说的这一件"} | part for part in parts))
    return split_table(DESK)["split"].decide(case, an_actor(Role.CLERK), body, Sealed())


def a_lead(stage: Stage = Stage.CONFIRMING, **instead: Any) -> Case:
    said = {"public": True, "category": "hoarding", "grid": GRID, "community": GRID[:12]}
    return a_case_at(stage, **said | instead)


def parts_of(decision: Decision) -> list[Classified]:
    assert isinstance(decision, tuple), decision
    return [part for part in decision if isinstance(part, Classified)]


def begun(lead: Case, part: Classified) -> tuple[Any, ...]:
    return begins(lead, "YB-2611-00007", part, (a_content(),), catalogue())


def test_each_part_is_what_the_clerk_says_where_the_report_was() -> None:
    first, second = parts_of(
        split(a_lead(), {"category": "exposed_garbage"}, {"category": "leaf_branch", "grid": ELSEWHERE})
    )
    assert (first.category, first.grid, first.office, first.public) == (
        "exposed_garbage",
        GRID,
        "yingbin",
        True,
    )
    assert (second.category, second.office) == ("leaf_branch", "shuibosi")


def test_a_private_part_of_a_public_report_is_private() -> None:
    (part,) = parts_of(split(a_lead(), {"category": SUPPLIES}))
    assert not part.public


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"category": "nothing"}, "parts.1.category"),
        ({"category": "leaf_branch", "grid": "140213053"}, "parts.1.grid"),
        ({"category": SUPPLIES, "public": True}, "parts.1.public"),
    ],
)
def test_a_part_that_is_wrong_is_named_with_its_place(part: dict[str, Any], field: str) -> None:
    refusal = split(a_lead(), {"category": "leaf_branch"}, part)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field, refusal.attempted) == (Why.INVALID, field, "split")


@pytest.mark.parametrize("stage", [Stage.RESOLVED, Stage.CLOSED, Stage.REJECTED, Stage.MERGED])
def test_what_is_done_or_has_ended_is_not_split(stage: Stage) -> None:
    refusal = split(a_lead(stage), {"category": "leaf_branch"})
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "split.v1")


def test_a_case_is_not_split_without_end() -> None:
    many = tuple(Link(other=new_id(), how=Tie.RELATED) for _ in range(MOST_LINKS))
    refusal = split(a_lead(linked=many), {"category": "leaf_branch"})
    assert isinstance(refusal, Refusal)
    assert refusal.field == "parts"


def test_a_part_begins_with_its_lead_and_is_seen_with_it() -> None:
    lead = a_lead(source=Source.RESIDENT)
    (part,) = parts_of(split(lead, {"category": "exposed_garbage"}))
    opened, classified, then = begun(lead, part)
    assert isinstance(opened, SplitOff)
    assert (opened.out_of, opened.source, opened.grid) == (lead.id, Source.RESIDENT, GRID)
    assert (classified, then) == (part, ConfirmationAsked(grid=GRID))


@pytest.mark.parametrize(
    ("stage", "part"),
    [
        (Stage.FILED, {"category": "exposed_garbage"}),
        (Stage.WORKING, {"category": "exposed_garbage"}),
        (Stage.REPORTED, {"category": "exposed_garbage"}),
        (Stage.CONFIRMING, {"category": "exposed_garbage", "urgency": Urgency.EMERGENCY}),
        (Stage.CONFIRMING, {"category": SUPPLIES}),
    ],
)
def test_a_part_is_filed_where_nobody_is_on_the_way_or_nobody_may_wait(
    stage: Stage, part: dict[str, Any]
) -> None:
    lead = a_lead(stage)
    (classified,) = parts_of(split(lead, part))
    assert isinstance(begun(lead, classified)[2], Filed)


@pytest.mark.parametrize(
    "hostile", [{}, {"parts": []}, {"parts": [{}]}, {"parts": [{"category": "x", "words": ""}]}, {"parts": 1}]
)
def test_a_hostile_split_is_not_read(hostile: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Splitting.model_validate(hostile)
