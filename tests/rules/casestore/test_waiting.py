"""Which appends may go into the next group."""

import asyncio
from collections import deque
from collections.abc import Hashable
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.casestore.append import Append
from libs.casestore.content import StoredContent
from libs.casestore.waiting import Grouping, Waiting, take
from libs.casework.draft import Change, Whatever
from libs.casework.samples import example
from libs.casework.vocabulary import Service
from tests.support.cases import a_speaker

FEW = Grouping(most=3, most_bytes=10_000)
LOOP = asyncio.new_event_loop()
LOOP.close()


def waiting(*cases: int, key: str | None = None, content_bytes: int = 0) -> Waiting:
    changes = [Change(UUID(int=case), Whatever(), (example("attention_ordered"),)) for case in cases]
    contents = [StoredContent(UUID(int=1), UUID(int=1), "words", b"", bytes(content_bytes))]
    append = Append(changes, a_speaker(Service.DISPATCH), key, contents=contents)
    return Waiting(append, asyncio.Future(loop=LOOP), since=0)


def names(*cases: int) -> set[Hashable]:
    return {UUID(int=case) for case in cases}


def test_the_longest_waiting_go_first_and_no_more_than_allowed() -> None:
    queue = deque(each := [waiting(case) for case in range(5)])
    assert take(queue, set(), FEW) == each[:3]
    assert list(queue) == each[3:]


def test_several_appends_to_one_case_may_share_a_group() -> None:
    queue = deque(each := [waiting(1), waiting(1)])
    assert take(queue, set(), FEW) == each


def test_what_touches_a_case_in_flight_waits_and_keeps_its_place() -> None:
    first, second, third = waiting(1), waiting(2), waiting(1)
    queue = deque([first, second, third])
    assert take(queue, names(1), FEW) == [second]
    assert list(queue) == [first, third]


def test_what_stands_behind_one_that_waits_waits_too() -> None:
    merge, note, other = waiting(1, 2), waiting(2), waiting(3)
    queue = deque([merge, note, other])
    assert take(queue, names(1), FEW) == [other]
    assert list(queue) == [merge, note]


def test_one_key_is_never_in_two_groups_at_once() -> None:
    again = waiting(2, key="k")
    assert take(deque([again]), {"k"}, FEW) == []


def test_large_contents_fill_a_group_early_and_one_goes_whatever_its_size() -> None:
    huge, large, small = (
        waiting(1, content_bytes=50_000),
        waiting(2, content_bytes=9_000),
        waiting(3, content_bytes=1_000),
    )
    queue = deque([huge, large, small])
    assert [take(queue, set(), FEW) for _ in range(3)] == [[huge], [large], [small]]


@given(st.lists(st.sets(st.integers(0, 5), min_size=1, max_size=2), max_size=30), st.sets(st.integers(0, 5)))
def test_no_order_within_a_case_is_ever_changed(wanted: list[set[int]], busy: set[int]) -> None:
    each = [waiting(*cases) for cases in wanted]
    queue = deque(each)
    group = take(queue, names(*busy), FEW)
    assert sorted([*group, *queue], key=each.index) == each
    assert all(one.names.isdisjoint(names(*busy)) for one in group)
    for case in range(6):
        after = [one for one in [*group, *queue] if UUID(int=case) in one.names]
        assert after == [one for one in each if UUID(int=case) in one.names]
