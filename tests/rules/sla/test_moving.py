"""Moving a case to another policy version: done, already so, or refused with the reason; and its preview."""

from typing import Any

import pytest

from libs.casework.deadlines.policies import parse_policies
from libs.casework.events.oversight import PolicyChanged
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.stages.commands import Sealed
from services.sla.app import reference
from services.sla.bodies import PolicyChange
from services.sla.commands import DECIDERS, NAME, Moving, command_table
from services.sla.preview import MovedCase, Preview, grouped
from services.sla.rules import Reference
from tests.support.calendars import at
from tests.support.cases import Told, an_actor
from tests.support.policies import RELAXED, STRICT, written
from tests.support.reference import reasons
from tests.support.timelines import a_timeline, entries

NOW = at("2026-11-25 10:00")
AT_WORK = (
    "2026-11-16 09:00 reported",
    "09:00 classified category=hoarding",
    "09:00 filed",
    "2026-11-23 09:00 dispatched lead=pmc",
    "09:10 accepted",
    "09:20 started",
)
WISH = PolicyChange(to="second", reason="new_rules")


def data(day: str = "2026-11-20", **targets: str) -> Reference:
    return Reference(parse_policies(written(day, all={"targets": targets})), reference().calendars)


def decided(
    story: Told, wish: PolicyChange = WISH, known: Reference | None = None, office: str = "yingbin"
) -> Any:
    kind = command_table(Moving(known or data(**RELAXED), reasons()), lambda: NOW)[NAME]
    actor = an_actor(Role.SUPERVISOR, office=office)
    return kind.decide(story.so_far, actor, wish, Sealed(), entries(story))


def test_a_case_is_moved_and_the_log_says_from_where_to_where_and_why() -> None:
    assert decided(a_timeline(*AT_WORK)) == (
        PolicyChanged(from_version="2026-11", to_version="second", reason="new_rules"),
    )


def test_a_case_that_goes_by_it_already_is_done_already() -> None:
    moved = a_timeline(*AT_WORK, "2026-11-24 10:00 policy_changed to_version=second")
    assert decided(moved) == ()
    assert decided(moved, PolicyChange(to="2026-11", reason="wrong_version"))[0].from_version == "second"


@pytest.mark.parametrize(
    ("wish", "field", "allowed"),
    [
        (PolicyChange(to="second", reason="whim"), "reason", "new_rules"),
        (PolicyChange(to="third", reason="new_rules"), "to", "second"),
    ],
)
def test_what_is_wrong_is_refused_with_what_is_allowed(wish: PolicyChange, field: str, allowed: str) -> None:
    refused = decided(a_timeline(*AT_WORK), wish)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == (Why.INVALID, field)
    assert allowed in refused.allowed


def test_a_version_that_is_not_in_force_yet_is_refused_with_its_day() -> None:
    refused = decided(a_timeline(*AT_WORK), known=data("2026-12-01", **RELAXED))
    assert "second comes into force at 2026-11-30T16:00" in refused.detail
    assert refused.allowed == ("2026-11",)


def test_the_same_wish_is_judged_by_the_time_that_is_handed_in() -> None:
    moving, story = Moving(data("2026-12-01", **RELAXED), reasons()), a_timeline(*AT_WORK)
    boss = an_actor(Role.SUPERVISOR, office="yingbin")
    asked = (story.so_far, boss, WISH, Sealed(), entries(story))
    assert isinstance(moving.decide(*asked, NOW), Refusal)
    assert not isinstance(moving.decide(*asked, at("2026-12-01 00:00")), Refusal)


def test_a_move_that_alone_makes_a_case_late_has_to_be_meant() -> None:
    story, strict = a_timeline(*AT_WORK), data(**STRICT)
    refused = decided(story, known=strict)
    assert (refused.code, refused.field) == (Why.NOT_ALLOWED, "even_if_late")
    assert "resolution would be overdue since 2026-11-23T" in refused.detail
    assert len(decided(story, WISH.model_copy(update={"even_if_late": True}), strict)) == 1


def test_one_that_is_late_anyway_may_be_moved() -> None:
    late = a_timeline(*AT_WORK[:2], "2026-11-16 09:00 filed")
    assert len(decided(late, known=data(**STRICT))) == 1


def test_before_it_is_filed_and_after_it_was_closed_it_is_not_moved() -> None:
    ended = a_timeline(*AT_WORK, "2026-11-24 09:00 resolved", "10:00 check_passed", "10:00 closed")
    for story in (a_timeline(*AT_WORK[:1]), ended):
        assert decided(story).code is Why.NOT_THIS_STAGE


def test_another_offices_administrator_sees_the_case_and_does_not_move_it() -> None:
    refused = decided(a_timeline(*AT_WORK), office="shuibosi")
    assert refused.code is Why.NOT_ALLOWED
    assert "yingbin" in refused.detail


def test_supervisors_and_administrators_decide() -> None:
    assert {Role.SUPERVISOR, Role.ADMINISTRATOR} == DECIDERS


def previewed(story: Told, known: Reference, of: str | None = None) -> MovedCase | None:
    return Preview(known, known.policies, "second", NOW).of_case(story.so_far, entries(story), of)


def test_the_preview_tells_each_clock_that_changes() -> None:
    moved = previewed(a_timeline(*AT_WORK), data(**RELAXED))
    assert moved is not None
    (clock,) = moved.clocks
    assert (moved.unit, moved.category, moved.version, moved.late) == ("pmc", "hoarding", "2026-11", False)
    assert (clock.clock, clock.before.due, clock.after.due) == (
        "resolution",
        "2026-11-26T18:00:00+08:00",
        "2026-12-07T18:00:00+08:00",
    )
    assert (clock.before.limit, clock.after.limit) == ("3 work_day", "10 work_day")


def test_cases_that_go_by_it_already_or_not_by_the_asked_one_are_left_out() -> None:
    moved = a_timeline(*AT_WORK, "2026-11-24 10:00 policy_changed to_version=second")
    assert previewed(moved, data(**RELAXED)) is None
    assert previewed(a_timeline(*AT_WORK), data(**RELAXED), of="other") is None


def test_cases_are_counted_by_unit_and_category() -> None:
    cases = [previewed(a_timeline(*AT_WORK), data(**STRICT)) for _ in range(2)]
    cases.append(previewed(a_timeline(*AT_WORK[:3]), data(**RELAXED)))
    rows = {(one.unit, one.category): one for one in grouped(filter(None, cases))}
    assert (rows["pmc", "hoarding"].cases, rows["pmc", "hoarding"].overdue) == (2, 2)
    # Its response was overdue after a day, and has three workdays now; they are over, too.
    assert (rows["office", "hoarding"].changed, rows["office", "hoarding"].relieved) == (1, 0)
