"""Whether new policies may be put in force beside those that are."""

from copy import deepcopy
from typing import Any

import pytest

from libs.casework.deadlines.policies import Policies, parse_policies
from libs.casework.deadlines.revising import Revision, not_to_put_in_force
from tests.support.calendars import SHIPPED, at
from tests.support.policies import DATA, SHIPPED_POLICIES, written
from tests.support.reference import catalogue, offices

NOW = at("2026-11-25 09:00")


def judged(new: Policies, known: Policies = SHIPPED_POLICIES, now: int = NOW) -> str | None:
    categories = frozenset(one.id for one in catalogue().subclasses)
    served = frozenset(one.code for one in offices().offices)
    return not_to_put_in_force(Revision(new, known, now, categories, frozenset(SHIPPED.names), served))


def test_a_version_that_begins_later_may_be_added() -> None:
    assert judged(parse_policies(written())) is None
    assert judged(SHIPPED_POLICIES) is None


def test_one_that_has_not_begun_may_still_be_changed_or_taken_out() -> None:
    known = parse_policies(written())
    assert judged(parse_policies(written(all={"source": "gulou"})), known) is None
    assert judged(SHIPPED_POLICIES, known) is None


def _renamed(data: dict[str, Any]) -> None:
    data["policies"][0]["id"] = "other"


def _other_limit(data: dict[str, Any]) -> None:
    data["policies"][0]["categories"]["rubble"]["normal"] = "9 工作日"


def _in_the_past(data: dict[str, Any]) -> None:
    data["policies"][1]["effective_from"] = "2026-11-25"


def _unknown_category(data: dict[str, Any]) -> None:
    data["policies"][1]["categories"]["moon_dust"] = {"class": "E01"}


def _missing_category(data: dict[str, Any]) -> None:
    # One that no rule of the version names.
    del data["policies"][1]["categories"]["rubble"]


def _unknown_calendar(data: dict[str, Any]) -> None:
    data["policies"][1]["rules"][0]["calendar"] = "moon"


def _unknown_office(data: dict[str, Any]) -> None:
    data["policies"][1]["rules"][0]["when"]["office_is"] = ["atlantis"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_renamed, "version 2026-11 has been in force and is missing"),
        (_other_limit, "version 2026-11 has been in force and may not change (categories)"),
        (_in_the_past, "version second has to begin on a day that lies ahead, not on 2026-11-25"),
        (_unknown_category, "version second: there is no category moon_dust"),
        (_missing_category, "version second has no row for category rubble"),
        (_unknown_calendar, "there is no calendar 'moon'; known: datong-office"),
        (_unknown_office, "there is no office atlantis; known:"),
    ],
)
def test_what_would_move_deadlines_behind_somebodys_back_is_refused(spoil: Any, said: str) -> None:
    data = deepcopy(written())
    spoil(data)
    assert said in (judged(parse_policies(data)) or "")


def test_the_data_that_ships_is_its_own_revision() -> None:
    assert judged(parse_policies(DATA)) is None
