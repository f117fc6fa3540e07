"""Which limit a case has, and why; and how a policy that cannot be right is refused."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from libs.casework.categories import parse_catalogue
from libs.casework.deadlines.policies import OF_THE_CASE, UnknownPolicy, parse_policies
from libs.casework.deadlines.predicates import PREDICATES, Asked
from libs.casework.deadlines.vocabulary import Clock, Colour, Facts, Pause, Told
from libs.casework.vocabulary import Source, Urgency
from libs.plumbing.data import read_yaml
from tests.support.calendars import SHIPPED, at
from tests.support.policies import DATA, FIRST, SHIPPED_POLICIES, two_versions
from tools.policy_limits import table

CATALOGUE = parse_catalogue(read_yaml("categories.yaml"))
UNREAD = Facts("yingbin", Source.RESIDENT)
GRID = "140213053901001"


def facts(category: str, urgency: Urgency = Urgency.NORMAL, source: Source = Source.RESIDENT) -> Facts:
    return Facts("yingbin", source, True, category, urgency, GRID, GRID[:12])


def limit(clock: Clock, known: Facts, item: str | None = None) -> str | None:
    target = FIRST.target(clock, known, item)
    return f"{target.amount} by {target.rule} ({target.source})" if target else None


@pytest.mark.parametrize(
    ("category", "urgency", "said"),
    [
        ("exposed_garbage", Urgency.NORMAL, "4 work_hour by all (yuncheng)"),
        ("road_dirty", Urgency.NORMAL, "2 work_hour by all (yuncheng)"),
        ("rubble", Urgency.NORMAL, "5 work_day by all (yuncheng)"),
        ("infant_supplies", Urgency.URGENT, "4 urgent_hour by supplies_for_life (proposal)"),
        ("hydrant_no_water", Urgency.URGENT, "1 urgent_day by fire_faults (proposal)"),
        ("cover_water", Urgency.URGENT, "2 urgent_hour by all (yuncheng)"),
        ("cover_water", Urgency.NORMAL, "5 work_day by all (yuncheng)"),
        ("outage", Urgency.URGENT, "1 urgent_day by outages (proposal)"),
        ("cover_power", Urgency.NORMAL, "5 work_day by without_handbook (proposal)"),
    ],
)
def test_the_resolution_limit_is_the_citys_where_it_has_one(
    category: str, urgency: Urgency, said: str
) -> None:
    assert limit(Clock.RESOLUTION, facts(category, urgency)) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (UNREAD, "1 urgent_day by all (beijing12345 (response), gulou (acceptance))"),
        (facts("exposed_garbage", source=Source.GRID_WORKER), "4 work_hour by seen_by_staff (proposal)"),
        (facts("exposed_garbage", Urgency.EMERGENCY), "1 urgent_hour by emergency_response (beijing12345)"),
        (facts("outage", Urgency.URGENT), "2 urgent_hour by water_power_gas_heat (beijing12345)"),
        (facts("infant_supplies", Urgency.URGENT), "0.5 urgent_hour by supplies_for_life (proposal)"),
        (facts("lift_trap", Urgency.EMERGENCY), "10 minutes by agreed_first_contact (proposal)"),
        (replace(facts("hardship"), public=False), "4 work_hour by of_a_person (proposal)"),
    ],
)
def test_the_response_limit_goes_by_what_is_known(known: Facts, said: str) -> None:
    assert limit(Clock.RESPONSE, known) == said


def test_an_infants_needs_are_timed_around_the_clock_from_first_to_last() -> None:
    clocks = [one for one in Clock if one in OF_THE_CASE]
    units = {str(limit(clock, facts("infant_supplies", Urgency.URGENT))).split()[1] for clock in clocks}
    assert units == {"urgent_hour"}


def test_work_items_have_limits_where_a_rule_names_them() -> None:
    known = facts("illegal_build")
    assert limit(Clock.ITEM, known, "stop_work") == "4 work_hour by illegal_structure (city_a)"
    assert limit(Clock.ITEM, known, "removal") == "20 work_day by illegal_structure (city_a)"
    assert limit(Clock.ITEM, known, "sweep") is None
    assert limit(Clock.ITEM, facts("leaf_branch"), "removal") is None


def test_a_target_names_what_held() -> None:
    target = FIRST.target(Clock.RESPONSE, replace(facts("hardship"), public=False))
    assert target is not None
    assert set(target.because) == {"privacy_is", "source_is", "class_is"}
    assert target.policy == "2026-11"


@pytest.mark.parametrize("category", [one.id for one in CATALOGUE.subclasses])
@pytest.mark.parametrize("urgency", Urgency)
def test_no_case_is_without_a_limit(category: str, urgency: Urgency) -> None:
    assert all(FIRST.target(clock, facts(category, urgency)) for clock in OF_THE_CASE)


def test_the_newest_version_holds_the_limits_of_the_catalogue() -> None:
    newest = DATA["policies"][-1]
    assert newest["catalogue"] == CATALOGUE.version, "the catalogue has changed: add a policy version"
    assert newest["categories"] == table(CATALOGUE, newest["handbooks"])


def test_every_calendar_that_a_rule_names_exists() -> None:
    named = {rule.calendar for policy in SHIPPED_POLICIES.policies for rule in policy.rules if rule.calendar}
    assert named <= set(SHIPPED.names)


def test_levels_rise_in_colour_and_in_who_is_told() -> None:
    assert [level.colour for level in FIRST.levels] == [Colour.BLUE, Colour.YELLOW, *[Colour.RED] * 3]
    assert FIRST.levels[0].tell == (Told.UNIT,)
    assert Told.DISTRICT in FIRST.levels[-1].tell


def test_a_suspension_stops_the_work_and_not_the_answer() -> None:
    stopped = {clock for clock in Clock if FIRST.stops(clock, Pause.SUSPENSION)}
    assert stopped == {Clock.RESOLUTION, Clock.ITEM, Clock.CASE}


def test_the_version_in_force_changes_at_midnight_of_its_day() -> None:
    policies = two_versions("2026-12-01")
    assert policies.in_force(at("2026-11-30 23:59:59.999999")).id == "2026-11"
    assert policies.in_force(at("2026-12-01 00:00")).id == "second"
    assert policies.in_force(at("1999-01-01")).id == "2026-11"
    assert policies.get("second").rule("urgent").id == "urgent"


def test_an_unknown_version_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownPolicy, match="'2031'; known: 2026-11"):
        SHIPPED_POLICIES.get("2031")


@pytest.mark.parametrize(
    ("predicate", "values", "holds"),
    [
        ("category_is", {"leaf_branch"}, True),
        ("category_is", {"rubble"}, False),
        ("class_is", {"E01"}, True),
        ("class_is", {"S01"}, False),
        ("urgency_is", {"normal", "urgent"}, True),
        ("urgency_is", {"emergency"}, False),
        ("area_is", {"140213053901"}, True),
        ("area_is", {"140213066"}, False),
        ("source_is", {"resident"}, True),
        ("source_is", {"system"}, False),
        ("privacy_is", {"public"}, True),
        ("privacy_is", {"private"}, False),
        ("office_is", {"yingbin"}, True),
        ("office_is", {"shuibosi"}, False),
    ],
)
def test_each_predicate_holds_and_does_not(predicate: str, values: set[str], holds: bool) -> None:
    classes = {"leaf_branch": "E01", "hardship": "S01"}
    assert PREDICATES[predicate](Asked(facts("leaf_branch"), classes), frozenset(values)) is holds


def test_nothing_is_known_of_a_case_that_nobody_has_read() -> None:
    nobody = Asked(UNREAD, {})
    unknown = {"category_is": "unread", "class_is": "E01", "area_is": "14"}
    assert not any(PREDICATES[name](nobody, frozenset({value})) for name, value in unknown.items())


Spoil = Callable[[dict[str, Any]], object]


def _rule(policy: dict[str, Any], number: int = 0) -> dict[str, Any]:
    rule: dict[str, Any] = policy["rules"][number]
    return rule


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda one: _rule(one)["when"].update(moon_is=["full"]),
            "no predicate moon_is; known: category_is, class_is",
        ),
        (
            lambda one: _rule(one)["when"].update(urgency_is=["soon"]),
            "urgency_is: there is no soon; known: emergency",
        ),
        (lambda one: _rule(one)["when"].update(category_is=["unicorn"]), "category_is: there is no unicorn"),
        (lambda one: _rule(one)["when"].update(class_is=[]), "class_is of nothing never holds"),
        (lambda one: _rule(one)["targets"].update(response="4 weeks"), "'4 weeks' is no limit"),
        (
            lambda one: _rule(one)["targets"].update(item="by_category"),
            "a category has no limits of work items",
        ),
        (lambda one: _rule(one)["targets"].clear(), "rule supplies_for_life sets no limit"),
        (
            lambda one: _rule(one, -1)["targets"].pop("case"),
            "no rule without conditions sets a limit for case",
        ),
        (lambda one: _rule(one).update(id="emergency"), "rule emergency stands twice"),
        (lambda one: one["levels"].reverse(), "levels have to rise"),
        (lambda one: one["levels"].pop(2), "no level is reached when a clock is due"),
        (lambda one: one["levels"][0].update(used="soon"), "'soon' is no share; write 3/4"),
        (lambda one: one["levels"][0].update(used=0), "when some of the limit is used"),
        (lambda one: one["levels"][0].update(tell=["mayor"]), "'unit', 'office', 'supervisor' or 'district'"),
        (lambda one: one["levels"][0].update(colour="red"), "colours have to rise with the levels"),
        (lambda one: one["levels"][1].update(colour="red"), "red is what is overdue"),
        (lambda one: one["levels"][2].update(colour="yellow"), "red is what is overdue"),
        (
            lambda one: _rule(one)["targets"].update(attention="4 work_hour"),
            "the supervisor sets the limit of an order",
        ),
        (lambda one: one.pop("reviews"), "reviews"),
        (lambda one: one["reviews"].update(usual_days=91), "usual_days 91 is more than most_days 90"),
        (lambda one: one["reviews"].update(usual_days=0), "greater than or equal to 1"),
        (lambda one: one["pauses"].update(lunch=["case"]), "'suspension' or 'waiting_on_resident'"),
        (lambda one: one.update(timezone="Mars/Olympus"), "no time zone 'Mars/Olympus'"),
        (lambda one: one.update(effective_from="2026-01-01"), "in force since ever"),
        (lambda one: one.update(urgnecy=1), "urgnecy"),
    ],
)
def test_a_wrong_policy_is_refused_with_what_is_wrong(spoil: Spoil, said: str) -> None:
    data = deepcopy(DATA)
    spoil(data["policies"][0])
    with pytest.raises(ValidationError) as refused:
        parse_policies(data)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"id": "second"}, "need an `effective_from` each, in order"),
        ({"effective_from": "2026-12-01"}, "a policy stands twice: 2026-11, 2026-11"),
    ],
)
def test_versions_are_dated_and_have_names_of_their_own(second: dict[str, Any], said: str) -> None:
    data = deepcopy(DATA)
    data["policies"].append(deepcopy(data["policies"][0]) | second)
    with pytest.raises(ValidationError, match=said):
        parse_policies(data)
