"""What the office may order: units that exist, a ruling that is final in time, a plan that can be followed."""

from libs.casework.events.dispatch import Dispatched, Planned
from libs.casework.refusal import Why
from libs.casework.vocabulary import Stage
from tests.rules.dispatch.asking import HELPER, LEAD, STRANGER, refused, said
from tests.support.cases import TEN_IN_THE_MORNING, a_case_at, a_told_case_at

FILED = a_case_at(Stage.FILED)
DISPATCHED = a_case_at(Stage.DISPATCHED)


def planned(*items: dict[str, object]) -> Planned:
    event = said("plan", DISPATCHED, items=items)
    assert isinstance(event, Planned)
    return event


def test_a_clerk_names_lead_helpers_and_copies() -> None:
    order = said("dispatch", FILED, lead="enforce", helpers=["pmc"], copies=["office_urban"], final=True)
    assert isinstance(order, Dispatched)
    assert (order.lead, order.helpers, order.copies, order.final) == (
        "enforce",
        ("pmc",),
        ("office_urban",),
        True,
    )
    assert (order.because, order.data_version) == (("by_hand",), "2026-11-24")


def test_a_unit_that_does_not_exist_is_refused_by_name_and_field() -> None:
    for body, field in (
        ({"lead": "nobody"}, "lead"),
        ({"lead": "pmc", "helpers": ["community", "nobody"]}, "helpers.1"),
        ({"lead": "pmc", "copies": ["nobody"]}, "copies.0"),
    ):
        refusal = refused("dispatch", FILED, **body)
        assert (refusal.code, refusal.field, refusal.stage) == (Why.INVALID, field, Stage.FILED)
        assert "nobody" in refusal.detail
        assert "pmc" in refusal.allowed


def test_a_unit_is_named_once() -> None:
    assert refused("dispatch", FILED, lead="pmc", helpers=["pmc"]).field == "helpers"


def test_a_second_return_is_answered_by_a_final_ruling_only() -> None:
    story = a_told_case_at(Stage.DISPATCHED).then("returned").then("dispatched", lead="enforce")
    returned = story.then("returned").so_far
    refusal = refused("dispatch", returned, lead="pmc")
    assert (refusal.field, refusal.attempted) == ("final", "dispatch")
    assert isinstance(said("dispatch", returned, lead="pmc", final=True), Dispatched)


def test_after_one_return_a_clerk_may_send_it_back_to_the_same_unit() -> None:
    returned = a_told_case_at(Stage.DISPATCHED).then("returned").so_far
    assert isinstance(said("dispatch", returned, lead="pmc"), Dispatched)


def test_an_order_for_a_closed_case_names_the_stage_and_the_step() -> None:
    refusal = refused("dispatch", a_case_at(Stage.CLOSED), lead="nobody")
    assert (refusal.code, refusal.stage, refusal.attempted) == (
        Why.NOT_THIS_STAGE,
        Stage.CLOSED,
        "dispatched.v1",
    )


def test_items_get_ids_of_their_own_and_the_lead_where_no_unit_is_named() -> None:
    plan = planned(
        {"title": "拆除围挡"}, {"title": "清理", "unit": "dist_sanitation"}, {"title": "美化", "id": "a"}
    )
    assert [(item.id, item.unit) for item in plan.items] == [
        (f"{DISPATCHED.seq + 1}-1", "pmc"),
        (f"{DISPATCHED.seq + 1}-2", "dist_sanitation"),
        ("a", "pmc"),
    ]
    assert all(item.words and item.words.kind == "title" for item in plan.items)


def test_an_item_of_a_later_plan_never_takes_the_id_of_an_earlier_one() -> None:
    first = planned({"title": "one"})
    later = a_told_case_at(Stage.DISPATCHED).then(first).so_far
    second = said("plan", later, items=[{"title": "two"}])
    assert isinstance(second, Planned)
    assert {item.id for item in first.items}.isdisjoint(item.id for item in second.items)


def test_the_lead_unit_may_plan_and_others_may_not() -> None:
    items = [{"title": "拆除"}]
    assert isinstance(said("plan", DISPATCHED, LEAD, items=items), Planned)
    assert refused("plan", DISPATCHED, HELPER, items=items).code is Why.NOT_ALLOWED
    assert refused("plan", DISPATCHED, STRANGER, items=items).code is Why.NOT_ALLOWED


def test_a_due_time_is_kept_to_the_microsecond_and_not_before_the_report() -> None:
    (item,) = planned({"title": "拆除", "due_at": "2026-11-27T18:00:00.000001+08:00"}).items
    assert item.due_at == 1_795_773_600_000_001
    refusal = refused("plan", DISPATCHED, items=[{"title": "a", "due_at": "2026-11-06T01:00:00Z"}])
    assert refusal.field == "items.0.due_at"
    mistyped = refused("plan", DISPATCHED, items=[{"title": "a", "due_at": "9999-12-31T23:00:00Z"}])
    assert (mistyped.field, "ten years" in mistyped.detail) == ("items.0.due_at", True)
    assert DISPATCHED.reported_at > TEN_IN_THE_MORNING


def test_two_items_with_one_id_or_a_strange_unit_are_refused() -> None:
    assert (
        refused("plan", DISPATCHED, items=[{"title": "a", "id": "x"}, {"title": "b", "id": "x"}]).field
        == "items"
    )
    refusal = refused("plan", DISPATCHED, items=[{"title": "a"}, {"title": "b", "unit": "nobody"}])
    assert refusal.field == "items.1.unit"
