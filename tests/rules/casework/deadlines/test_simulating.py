"""What a period would have looked like under another policy."""

from collections import Counter
from typing import Any

from hypothesis import given

from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import Policies, parse_policies
from libs.casework.deadlines.simulating import Period, Simulation, What, Where
from libs.casework.entry import Entry
from libs.casework.events.oversight import PolicyChanged
from tests.rules.casework.deadlines.test_clock_properties import logs
from tests.support.calendars import SHIPPED, at
from tests.support.policies import RELAXED, SHIPPED_POLICIES, STRICT, two_versions, written
from tests.support.timelines import a_timeline, entries

NOVEMBER = Period(at("2026-11-01"), at("2026-12-01"))
SHORTER = parse_policies(written("2026-12-15", all={"targets": STRICT})).alone("second")
AT_WORK = (
    "2026-11-23 09:00 reported",
    "09:00 classified category=hoarding",
    "09:00 filed",
    "09:00 dispatched lead=pmc",
    "09:10 accepted",
    "09:20 started",
)


def simulated(*lines: str, after: Policies = SHORTER, period: Period = NOVEMBER) -> Counter[Any]:
    return Simulation(SHIPPED_POLICIES, after, SHIPPED, period).of_case(entries(a_timeline(*lines)))


def breached(found: Counter[Any], *, after: bool) -> dict[str, int]:
    """By clock and account."""
    return {
        f"{where.clock} {where.unit} {where.category}": number
        for (where, what), number in found.items()
        if what == What("breached", after)
    }


def test_a_stricter_limit_would_have_been_missed() -> None:
    found = simulated(*AT_WORK, "2026-11-25 17:00 resolved", "2026-11-26 09:00 check_passed", "09:00 closed")
    assert breached(found, after=False) == {}
    assert breached(found, after=True) == {"resolution pmc hoarding": 1, "check checker hoarding": 1}
    assert found[Where("pmc", "hoarding", "resolution"), What("due", False)] == 1


def test_a_breach_belongs_to_the_period_in_which_its_deadline_lies() -> None:
    late = (*AT_WORK, "2026-12-04 09:00 resolved", "10:00 check_passed", "10:00 closed")
    assert breached(simulated(*late), after=False) == {"resolution pmc hoarding": 1}
    december = Period(NOVEMBER.end, at("2026-12-31"))
    assert breached(simulated(*late, period=december), after=False) == {}


def test_what_happened_after_the_period_does_not_change_its_figures() -> None:
    until = (*AT_WORK, "2026-11-24 09:00 suspended")
    later = (*until, "2026-12-04 09:00 resumed", "10:00 resolved")
    assert simulated(*until) == simulated(*later)


def test_a_case_reported_after_the_period_is_not_in_it() -> None:
    assert simulated(*AT_WORK, period=Period(at("2026-10-01"), at("2026-11-01"))) == Counter()


def test_a_clock_that_was_late_and_then_got_another_limit_counts_once() -> None:
    anew = (*AT_WORK, "2026-11-27 09:00 classified category=rubble", "2026-12-10 09:00 resolved")
    assert breached(simulated(*anew), after=False) == {"resolution pmc rubble": 1}


def test_cases_that_were_moved_are_simulated_as_if_nobody_had() -> None:
    before = two_versions("2026-11-10", all={"targets": RELAXED})
    moved = (*AT_WORK, "2026-11-23 10:00 policy_changed to_version=second", "2026-11-30 10:00 resolved")
    simulation = Simulation(before, before.alone("2026-11"), SHIPPED, NOVEMBER)
    found = simulation.of_case(entries(a_timeline(*moved)))
    assert breached(found, after=False) == {}
    assert breached(found, after=True) == {"resolution pmc hoarding": 1}


def test_a_deadline_beyond_the_tables_lies_after_the_period() -> None:
    # Forty workdays from the end of November reach into a year whose table is not out.
    found = simulated("2026-11-24 09:00 reported", "09:00 classified category=illegal_build")
    assert not [what for where, what in found if where.clock == "case"]


def test_a_case_whose_version_is_lost_is_counted_apart() -> None:
    lost = (*AT_WORK, "2026-11-24 10:00 policy_changed to_version=lost")
    found = simulated(*lost)
    assert found[Where("pmc", "hoarding", "resolution"), What("untold", False)] == 1
    assert breached(found, after=True) == {"resolution pmc hoarding": 1}


def unmoved(log: list[Entry]) -> list[Entry]:
    return [entry for entry in log if not isinstance(entry.data, PolicyChanged)]


@given(logs())
def test_the_same_policy_gives_the_same_before_and_after(log: list[Entry]) -> None:
    period = Period(at("2026-01-15"), at("2026-05-01"))
    same = Simulation(SHIPPED_POLICIES, SHIPPED_POLICIES.alone("2026-11"), SHIPPED, period)
    found = same.of_case(unmoved(log))
    before, after = (
        {(where, what.what): number for (where, what), number in found.items() if what.after is side}
        for side in (False, True)
    )
    assert before == after


@given(logs())
def test_a_simulation_counts_each_clock_once_and_touches_nothing(log: list[Entry]) -> None:
    before = repr(log)
    period = Period(at("2026-01-01"), at("2026-12-31"))
    found = Simulation(SHIPPED_POLICIES, SHORTER, SHIPPED, period).of_case(log)
    kinds = {(one.key, one.generation) for one in clocks(unmoved(log), SHORTER, SHIPPED)}
    counted = sum(
        number for (_, what), number in found.items() if what in (What("due", True), What("untold", True))
    )
    assert counted <= len(kinds)
    assert repr(log) == before
