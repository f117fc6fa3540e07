"""The log comes back by time; entries of one moment come by seq, wherever a page ends."""

from uuid import uuid4

from services.relay.scan import Stored, in_order


def _entry(at: int, seq: int) -> Stored:
    return Stored(uuid4(), at, seq, b"")


def _moments(entries: list[Stored]) -> list[tuple[int, int]]:
    return [(entry.at, entry.seq) for entry in entries]


def test_entries_of_one_moment_come_by_seq() -> None:
    ready, _ = in_order([_entry(1, 3), _entry(1, 1), _entry(1, 2), _entry(2, 4)])
    assert _moments(ready) == [(1, 1), (1, 2), (1, 3)]


def test_the_last_moment_waits_for_what_the_next_page_may_add_to_it() -> None:
    ready, waiting = in_order([_entry(1, 1), _entry(2, 3), _entry(2, 2)])
    assert _moments(ready) == [(1, 1)]
    ready, waiting = in_order([*waiting, _entry(2, 1), _entry(3, 4)])
    assert _moments(ready) == [(2, 1), (2, 2), (2, 3)]
    assert _moments(waiting) == [(3, 4)]


def test_a_page_of_one_moment_waits_as_a_whole() -> None:
    ready, waiting = in_order([_entry(5, 2), _entry(5, 1)])
    assert ready == []
    assert len(waiting) == 2
