"""Who checks: of the grid, drawn, or named by the office; and what is closed without anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.case import Appeal, Case, Ordered
from libs.casework.events.appeals import Mark
from libs.casework.events.closure import CheckPlanned, Closed, PatrolPlanned
from libs.casework.refusal import Why
from libs.casework.vocabulary import Stage, Urgency
from services.closure.rules import DAY, Checker, choose, closed_by_rule, decide
from tests.rules.closure.asking import CLERK, ROSTER, a_policy, refused, said
from tests.support.cases import a_case_at

RESOLVED = a_case_at(Stage.RESOLVED, acted=("u-1",))
LITTER = RESOLVED.model_copy(update={"category": "exposed_garbage"})
TERMS = a_policy().terms
PEOPLE = st.lists(
    st.builds(
        Checker,
        st.sampled_from([f"c-{number}" for number in range(9)]),
        st.sampled_from(["yingbin", "shuibosi"]),
        st.sampled_from([None, "pmc", "community", "enforce"]),
        st.frozensets(st.sampled_from([RESOLVED.grid or "", "140213053902009"]), max_size=1),
    ),
    unique_by=lambda each: each.id,
)


def planned(case: Case, checkers: tuple[Checker, ...] = ()) -> CheckPlanned:
    (event,) = decide(case, checkers)
    assert isinstance(event, CheckPlanned)
    return event


def test_a_reported_work_is_to_be_checked_by_somebody_else() -> None:
    check = planned(RESOLVED)
    assert (check.role, check.not_unit, check.checker) == ("checker", "pmc", None)
    assert check.because == ("reported_done", "no_checker_known")


def test_what_the_checker_should_know_is_named() -> None:
    case = a_case_at(Stage.RESOLVED, urgency=Urgency.EMERGENCY, rework=1, generation=2, public=False)
    known = ("reported_done", "emergency", "checked_before", "reopened_before", "private_case")
    assert planned(case).because[:-1] == known


def test_nothing_is_planned_for_a_case_that_is_not_reported_done() -> None:
    assert decide(a_case_at(Stage.WORKING), ROSTER) == ()


def test_the_checker_of_the_grid_comes_before_all_others() -> None:
    check = planned(RESOLVED, ROSTER)
    assert (check.checker, check.because[-1]) == ("c-grid", "checker_of_the_grid")


def test_without_one_of_the_grid_somebody_without_an_area_is_drawn() -> None:
    elsewhere = RESOLVED.model_copy(update={"grid": None, "community": None})
    check = planned(elsewhere, ROSTER)
    assert check.because[-1] == "checker_drawn"
    drawn = {choose(elsewhere.model_copy(update={"head": f"{n:064x}"}), ROSTER)[0] for n in range(20)}
    assert drawn == {"c-1", "c-2"}


@given(PEOPLE, st.integers(0, 2**256 - 1))
def test_whoever_is_chosen_is_independent_of_the_office_and_the_same_in_any_order(
    people: list[Checker], head: int
) -> None:
    case = RESOLVED.model_copy(update={"head": f"{head:064x}", "acted": ("c-1", "c-2")})
    chosen, how = choose(case, people)
    assert choose(case, people[::-1]) == (chosen, how)
    found = next((each for each in people if each.id == chosen), None)
    if found is None:
        assert (chosen, how) == (None, "no_checker_known")
        return
    assert found.office == "yingbin"
    assert found.unit not in ("pmc", "community", "dist_sanitation")
    assert found.id not in case.acted
    assert found.area in (frozenset(), frozenset({case.grid}))


def test_the_office_gives_the_check_to_somebody_else() -> None:
    case = RESOLVED.model_copy(update={"checker": "c-grid"})
    (named,) = said("assign_check", case, CLERK, checker="c-2")
    assert isinstance(named, CheckPlanned)
    assert (named.checker, named.because) == ("c-2", ("named_by_the_office",))
    (drawn,) = said("assign_check", case, CLERK)
    assert isinstance(drawn, CheckPlanned)
    assert drawn.checker in ("c-1", "c-2")
    assert said("assign_check", case, CLERK, checker="c-grid") == ()


@pytest.mark.parametrize(
    ("checker", "detail"),
    [("c-pmc", "belongs to a unit"), ("c-other", "no checker of this office"), ("x", "no checker")],
)
def test_who_cannot_check_is_not_named(checker: str, detail: str) -> None:
    refusal = refused("assign_check", RESOLVED, CLERK, checker=checker)
    assert (refusal.code, refusal.field, refusal.stage) == (Why.INVALID, "checker", Stage.RESOLVED)
    assert refusal.allowed == ("c-1", "c-2", "c-far", "c-grid")
    assert detail in refusal.detail


def test_where_nobody_else_can_be_drawn_the_office_is_told() -> None:
    case = RESOLVED.model_copy(update={"acted": ("c-1", "c-2", "c-far", "c-grid")})
    refusal = refused("assign_check", case, CLERK)
    assert (refusal.code, refusal.attempted) == (Why.NOT_ALLOWED, "assign_check")


def test_what_nobody_checked_is_closed_by_the_rule_of_its_category_once_it_is_old_enough() -> None:
    due = LITTER.stage_at + 7 * DAY
    assert closed_by_rule(LITTER, TERMS, due - 1) == ()
    assert closed_by_rule(LITTER, TERMS, due) == (Closed(rule="light_litter", data_version="2026-11-25"),)
    assert closed_by_rule(RESOLVED, TERMS, due * 2) == ()


@pytest.mark.parametrize(
    "instead",
    [
        {"public": False},
        {"urgency": Urgency.EMERGENCY},
        {"rework": 1},
        {"generation": 2},
        {"after_shown": False},
        {"orders": (Ordered(order=3, at=1),)},
        {"appeals": (Appeal(appeal=9, mark=Mark.RETURN, entry=4, unit="pmc", by="u", at=1),)},
        {"parked": True},
        {"stage": Stage.WORKING},
    ],
    ids=lambda instead: next(iter(instead)),
)
def test_what_a_person_has_to_see_is_never_closed_by_rule(instead: dict[str, object]) -> None:
    old = LITTER.stage_at + 99 * DAY
    assert closed_by_rule(LITTER.model_copy(update=instead), TERMS, old) == ()


def test_a_decided_appeal_keeps_nothing_open() -> None:
    decided = Appeal(appeal=9, mark=Mark.RETURN, entry=4, unit="pmc", by="u", at=1, upheld=False)
    case = LITTER.model_copy(update={"appeals": (decided,)})
    assert closed_by_rule(case, TERMS, case.stage_at + 99 * DAY)


def test_patrols_follow_every_so_many_days_from_closing() -> None:
    rules = TERMS.model_copy(
        update={"automatic": (TERMS.automatic[0].model_copy(update={"categories": ("hoarding",)}),)}
    )
    now = RESOLVED.stage_at + 8 * DAY
    closed, patrols = closed_by_rule(RESOLVED, rules, now)
    assert isinstance(closed, Closed)
    assert isinstance(patrols, PatrolPlanned)
    assert patrols.dates == tuple(now + 7 * DAY * turn for turn in (1, 2, 3, 4))
    assert patrols.data_version == TERMS.version
