"""Whatever happens to a case, in whatever order the table allows: what must hold of its clocks."""

from itertools import count, pairwise
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.casework.calendar import Calendar, parse_amount
from libs.casework.categories import LimitUnit
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.intervals import Kind, intervals
from libs.casework.deadlines.levels import levels, share_used
from libs.casework.deadlines.reckoning import Gap, reckon
from libs.casework.deadlines.timed import Running, State, Timed, gaps_in
from libs.casework.entry import Entry, entry_bytes, read_entry
from libs.casework.events.dispatch import Extended
from libs.casework.events.oversight import PolicyChanged
from libs.casework.lifecycle import steps_from
from libs.casework.vocabulary import Urgency
from tests.support.calendars import DATONG, SHIPPED, amount, at
from tests.support.cases import MINUTE, Told
from tests.support.policies import FIRST, RELAXED, two_versions

CATEGORIES = (
    "exposed_garbage",
    "hoarding",
    "infant_supplies",
    "illegal_build",
    "hydrant_no_water",
    "leaf_branch",
)
EXTENSIONS = tuple(map(parse_amount, ("2 工作时", "1 工作日", "3 工作日", "4 紧急工作时")))
HOUR = 60 * MINUTE
TWO_VERSIONS = two_versions("2026-03-01", all={"targets": RELAXED})
"""Cases are moved between both, and to one that nobody knows any more."""
limits = st.sampled_from(
    [amount(text) for text in ("4 work_hour", "3 work_day", "2 urgent_hour", "1 work_day", "90 分钟")]
)
instants = st.integers(at("2026-01-01"), at("2026-10-01"))


def _ids() -> Any:
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """A case that goes any way through the table, minutes to days between the steps."""
    story = Told(UUID(int=7), at=draw(st.integers(at("2026-01-05"), at("2026-06-01"))), ids=_ids())
    story = story.then("reported", 0)
    for _ in range(draw(st.integers(0, 25))):
        step = draw(st.sampled_from(steps_from(story.so_far.stage)))
        minutes = draw(st.sampled_from((0, 1, 17, 60, 240)) | st.integers(0, 5000))
        story = story.then(step, minutes, **draw(_fields(step)))
    return [sealed.entry for sealed in story.log]


def _fields(step: str) -> st.SearchStrategy[dict[str, Any]]:
    if step == "classified.v1":
        return st.fixed_dictionaries(
            {"category": st.sampled_from(CATEGORIES), "urgency": st.sampled_from(Urgency)}
        )
    if step == "filed.v1":
        return st.fixed_dictionaries({"category": st.sampled_from(CATEGORIES)})
    if step == PolicyChanged.name():
        return st.fixed_dictionaries({"to_version": st.sampled_from(("2026-11", "second", "forgotten"))})
    if step == Extended.name():
        return st.fixed_dictionaries(
            {
                "clock": st.sampled_from(("resolution", "case", "item:dismantle")),
                "by": st.sampled_from(EXTENSIONS),
            }
        )
    return st.just({})


def computed(log: list[Entry]) -> tuple[Timed, ...]:
    return clocks(log, TWO_VERSIONS, SHIPPED)


def settled(timed: Timed) -> list[tuple[object, ...]]:
    """What of a clock is over: its closed stretches, and that the open one began."""
    return [(one.begin, one.end, one.running, one.why, one.charged_to) for one in timed.stretches if one.end]


@given(logs(), st.integers(0, 25))
def test_what_was_settled_stays_when_the_log_grows(log: list[Entry], cut: int) -> None:
    before, after = computed(log[: cut + 1]), computed(log)
    assert len(before) <= len(after)
    for early, late in zip(before, after, strict=False):
        assert (early.key, early.generation, early.target) == (late.key, late.generation, late.target)
        done = settled(early)
        assert settled(late)[: len(done)] == done
        assert late.extensions[: len(early.extensions)] == early.extensions


@given(logs())
def test_replaying_the_stored_bytes_gives_the_same_clocks_to_the_byte(log: list[Entry]) -> None:
    again = [read_entry(entry_bytes(entry)) for entry in log]
    assert repr(computed(again)).encode() == repr(computed(log)).encode()


@given(logs())
def test_stretches_follow_each_other_without_a_hole(log: list[Entry]) -> None:
    for timed in computed(log):
        ends = [one.end for one in timed.stretches[:-1]]
        assert ends == [one.begin for one in timed.stretches[1:]]
        lengths = [one.end - one.begin for one in timed.stretches if one.end is not None]
        assert all(length > 0 for length in lengths) or len(timed.stretches) == 1


@given(logs())
def test_no_two_clocks_of_one_kind_are_open_at_once(log: list[Entry]) -> None:
    still_open = [one.key for one in computed(log) if one.open]
    assert len(still_open) == len(set(still_open))


@given(logs())
def test_an_ended_case_has_no_open_clock(log: list[Entry]) -> None:
    if log[-1].stage in {"closed", "rejected", "merged", "withdrawn"}:
        assert not [one.key for one in computed(log) if one.open]


@given(logs())
def test_what_counted_until_the_deadline_is_the_limit_with_its_extensions(log: list[Entry]) -> None:
    for timed in computed(log):
        if timed.due is None or timed.reckoning is None or timed.target is None:
            continue
        calendar = SHIPPED.get(timed.calendar)
        laid_out = intervals(calendar, timed.reckoning, gaps_in(timed.stretches), timed.due)
        granted = sum(
            (one.amount.value * _in_hours(one.amount.unit) for one in timed.extensions),
            timed.target.amount.value * _in_hours(timed.target.amount.unit),
        )
        counted = sum(one.amount * _in_hours(one.unit) for one in laid_out if one.kind is Kind.COUNTED)
        assert abs(counted - granted) * HOUR <= 12


def _in_hours(unit: LimitUnit) -> int:
    # Days and hours do not add up to anything; so that each keeps to itself, a day weighs a million hours.
    return 1_000_000 if unit in (LimitUnit.WORK_DAY, LimitUnit.URGENT_DAY) else 1


@given(logs())
def test_intervals_cover_the_whole_way_once(log: list[Entry]) -> None:
    for timed in computed(log):
        if timed.due is not None and timed.reckoning is not None and timed.target is not None:
            calendar = SHIPPED.get(timed.calendar)
            laid_out = intervals(calendar, timed.reckoning, gaps_in(timed.stretches), timed.due)
            assert (laid_out[0].begin, laid_out[-1].end) == (timed.begin, timed.due)
            assert all(one.end == other.begin for one, other in pairwise(laid_out))


@given(logs())
def test_levels_are_reached_in_order_and_the_deadline_is_one(log: list[Entry]) -> None:
    for timed in computed(log):
        reached = levels(timed, FIRST, SHIPPED.get(timed.calendar))
        assert [one.at for one in reached] == sorted(one.at for one in reached)
        assert all(timed.begin <= one.at for one in reached)
        assert timed.due is None or timed.due in [one.at for one in reached if one.level.used == 1]


@given(logs())
def test_at_the_deadline_all_is_used_up(log: list[Entry]) -> None:
    for timed in computed(log):
        if timed.due is not None and timed.open and timed.due > timed.begin:
            calendar = SHIPPED.get(timed.calendar)
            assert share_used(timed, calendar, timed.due) == 1
            assert share_used(timed, calendar, timed.begin) == 0


@given(logs())
def test_a_done_stretch_is_the_checkers_and_a_pause_is_one_that_the_policy_knows(log: list[Entry]) -> None:
    for timed in computed(log):
        for one in timed.stretches:
            assert one.running is not Running.DONE or one.charged_to == "checker"
            assert one.running is not Running.PAUSED or one.why in (
                "suspension",
                "waiting_on_resident",
                "resolved.v1",
            )
        assert timed.state is not State.PAUSED or timed.stretches[-1].running is Running.PAUSED


@given(instants, limits, st.lists(st.integers(0, 3000), min_size=2, max_size=8))
def test_pauses_move_a_deadline_by_no_more_and_no_less_than_they_hold(
    begin: int, limit: Any, cuts: list[int]
) -> None:
    edges = sorted(begin + cut * MINUTE for cut in set(cuts))
    gaps = [Gap(one, other, "suspension") for one, other in zip(edges[::2], edges[1::2], strict=False)]
    found = reckon(DATONG, begin, limit, gaps)
    assert found.due is not None
    laid_out = intervals(DATONG, found, gaps, found.due)
    assert sum(one.amount for one in laid_out if one.kind is Kind.COUNTED) == limit.value
    assert found.due >= DATONG.add(begin, limit)
    assert _not_closed(DATONG, found.due, limit.unit)


def _not_closed(calendar: Calendar, moment: int, unit: LimitUnit) -> bool:
    around_the_clock = unit in (LimitUnit.URGENT_HOUR, LimitUnit.URGENT_DAY)
    return around_the_clock or calendar.is_open(moment - 1)
