"""How long the supervisor bears with a part that keeps dying."""

from hypothesis import given
from hypothesis import strategies as st

from libs.plumbing.embedded.parts import RESTART_ME
from libs.plumbing.embedded.patience import Deaths, Patience

_MANY = Patience(deaths=1000)


def _delays(*lives: float, code: int = 1, patience: Patience = _MANY) -> list[float | None]:
    deaths, now, delays = Deaths(patience), 0.0, []
    for lived in lives:
        now += lived
        delays.append(deaths.after(now, lived, code))
    return delays


def test_the_wait_doubles_from_one_second_to_thirty() -> None:
    assert _delays(*[0.1] * 7) == [1, 2, 4, 8, 16, 30, 30]


def test_a_part_that_lived_a_minute_begins_again_with_one_second() -> None:
    assert _delays(0.1, 0.1, 60.0, 0.1) == [1, 2, 1, 2]


def test_the_tenth_death_within_five_minutes_is_the_last() -> None:
    assert _delays(*[1.0] * 10, patience=Patience())[-1] is None


def test_ten_deaths_over_a_longer_time_are_borne() -> None:
    assert None not in _delays(*[40.0] * 30, patience=Patience())


def test_a_wish_to_be_restarted_is_granted_at_once_and_not_counted() -> None:
    assert _delays(*[5.0] * 50, code=RESTART_ME, patience=Patience()) == [0.0] * 50


def test_a_part_that_only_ever_asks_for_a_restart_is_given_up() -> None:
    assert _delays(*[0.1] * 10, code=RESTART_ME, patience=Patience())[-1] is None


@given(st.lists(st.floats(min_value=0, max_value=1000), min_size=1, max_size=100))
def test_no_wait_is_longer_than_the_longest(lives: list[float]) -> None:
    assert all(delay is not None and 1 <= delay <= 30 for delay in _delays(*lives))
