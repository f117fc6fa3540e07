"""Whom the rules name, what a failed check orders, and when a clerk has to decide."""

import pytest

from libs.casework.case import Case, CheckState
from libs.casework.events.closure import CheckFailed
from libs.casework.events.dispatch import Dispatched, ReworkOrdered, UnitUndecided
from libs.casework.vocabulary import Stage, Urgency
from services.dispatch.rules import decide
from tests.rules.dispatch.policies import COMPOUND, WITHOUT_COMPANY, a_policy, without_units
from tests.support.cases import a_case_at, a_told_case_at, told
from tests.support.reference import catalogue


def dispatched(case: Case) -> Dispatched:
    (event,) = decide(case, None, a_policy())
    assert isinstance(event, Dispatched), event
    return event


def undecided(case: Case) -> tuple[str, ...]:
    (event,) = decide(case, None, a_policy())
    assert isinstance(event, UnitUndecided), event
    return event.because


def a_filed_case(**instead: object) -> Case:
    return a_case_at(Stage.FILED, **instead)


def test_in_public_space_the_body_of_the_category_leads() -> None:
    order = dispatched(a_filed_case(category="hoarding", compound=None))
    listed = catalogue().get("hoarding")
    assert listed is not None
    assert (order.lead, order.helpers) == (listed.lead, listed.helps)
    assert (order.because, order.data_version, order.final) == (("category",), "2026-11-24", False)


def test_inside_a_compound_the_property_company_leads_and_the_body_of_the_category_helps() -> None:
    order = dispatched(a_filed_case(category="hoarding", compound=COMPOUND))
    listed = catalogue().get("hoarding")
    assert listed is not None
    assert order.lead == "pmc"
    assert listed.lead in order.helpers
    assert order.because == ("inside_compound",)


def test_without_a_property_company_the_community_leads() -> None:
    order = dispatched(a_filed_case(category="leaf_branch", compound=WITHOUT_COMPANY))
    assert order.lead == "community"
    assert "pmc" not in order.helpers
    assert order.because == ("compound_without_property_company",)


def test_what_belongs_to_its_owner_stays_with_its_owner_inside_a_compound() -> None:
    assert dispatched(a_filed_case(category="gas_leak", compound=COMPOUND)).because == ("category",)


def test_an_emergency_goes_the_same_way_and_says_so() -> None:
    order = dispatched(a_filed_case(category="hydrant_no_water", urgency=Urgency.EMERGENCY))
    assert order.because == ("category", "emergency")


@pytest.mark.parametrize("category", [None, "unknown", "no_longer_listed"])
def test_a_case_that_nobody_can_name_goes_to_a_clerk(category: str | None) -> None:
    assert undecided(a_filed_case(category=category)) == ("category_undecided",)


def test_a_lead_that_the_office_no_longer_has_goes_to_a_clerk() -> None:
    (event,) = decide(a_filed_case(category="hoarding"), None, without_units())
    assert event == UnitUndecided(because=("lead_not_in_the_list",))


def test_no_rule_sends_a_case_to_the_unit_that_returned_it() -> None:
    case = a_filed_case(category="hoarding", compound=COMPOUND, returned_by=("pmc",), returns=1)
    assert undecided(case) == ("returned_by_this_unit",)
    assert dispatched(case.model_copy(update={"compound": None})).lead != "pmc"


def test_a_reopened_case_goes_to_its_former_lead_with_its_helpers() -> None:
    reopened = a_told_case_at(Stage.CLOSED).then("reopened").so_far
    former = reopened.assignment
    assert former is not None
    order = dispatched(reopened.model_copy(update={"category": "unknown"}))
    assert (order.lead, order.helpers, order.copies) == (former.lead, former.helpers, former.copies)
    assert order.because == ("reopened_to_former_lead",)


def test_after_all_returns_are_used_up_an_order_by_rule_is_final() -> None:
    order = dispatched(a_filed_case(category="hoarding", returns=2))
    assert order.final
    assert "returns_used_up" in order.because


def test_a_failed_check_orders_rework_of_the_named_items() -> None:
    failed = a_told_case_at(Stage.WORKING).then("planned")
    for item in ("dismantle", "clear", "beautify"):
        failed = failed.then("item_done", item=item)
    case = failed.then("resolved").then("check_failed").so_far
    ruling = CheckFailed(reason="half_done", items=("clear", "never_planned"))
    assert decide(case, ruling, a_policy()) == (ReworkOrdered(items=("clear",)),)


def test_rework_without_named_items_is_of_all() -> None:
    case = a_told_case_at(Stage.RESOLVED).then("check_failed").so_far
    assert case.check is CheckState.FAILED
    assert decide(case, CheckFailed(reason="not_done"), a_policy()) == (ReworkOrdered(items=()),)


def test_a_case_that_waits_for_nothing_by_rule_gets_nothing() -> None:
    assert decide(told("reported").so_far, None, a_policy()) == ()


def test_every_category_in_the_data_has_a_unit_but_the_unknown_one() -> None:
    for subclass in catalogue().subclasses:
        (event,) = decide(a_filed_case(category=subclass.id), None, a_policy())
        assert isinstance(event, UnitUndecided) == (subclass.id == "unknown"), subclass.id
