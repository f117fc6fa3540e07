"""Who may look at personal data; the story and the table as they are shown."""

from functools import cache

import pytest

from libs.casework.lifecycle import TABLE
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import OPEN, Role, Stage
from libs.plumbing.data import read_yaml
from services.records.lifecycle import lifecycle
from services.records.rules import Grounds, Look, may_erase, may_look, parse_grounds, photos_in, wanted
from services.records.story import story
from tests.support.cases import MINUTE, a_case_at, a_content, a_told_case_at, an_actor, told

CASE = a_case_at(Stage.DISPATCHED)


@cache
def grounds() -> Grounds:
    return parse_grounds(read_yaml("records.yaml"))


def ruling(role: Role, unit: str | None = None, office: str = "yingbin", grid: str = "") -> Refusal | None:
    return may_look(CASE, Look(an_actor(role, unit, office), frozenset({grid}), "check"), grounds())


def test_the_office_its_checkers_the_grids_worker_and_the_lead_may_look() -> None:
    for role in (Role.CLERK, Role.SUPERVISOR, Role.CHECKER):
        assert ruling(role) is None
    assert ruling(Role.GRID_WORKER, grid=CASE.grid or "") is None
    assert ruling(Role.UNIT_WORKER, "pmc") is None


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (ruling(Role.CLERK, office="shuibosi"), Why.UNKNOWN_CASE),
        (ruling(Role.GRID_WORKER, grid="140213053901001"), Why.NOT_ALLOWED),
        (ruling(Role.UNIT_WORKER, "community"), Why.NOT_ALLOWED),
    ],
)
def test_others_may_not(refused: Refusal | None, code: Why) -> None:
    assert refused is not None
    assert refused.code is code


def test_a_purpose_and_a_basis_are_of_the_list() -> None:
    look = may_look(CASE, Look(an_actor(), frozenset(), "curiosity"), grounds())
    erase = may_erase(CASE, an_actor(Role.ADMINISTRATOR, office=None), "mood", grounds())
    assert look is not None
    assert erase is not None
    assert (look.field, erase.field) == ("purpose", "basis")
    assert "follow_up" in look.allowed
    assert may_erase(CASE, an_actor(Role.ADMINISTRATOR, office=None), "term_over", grounds()) is None


def test_erased_content_is_shown_to_nobody() -> None:
    erased = CASE.model_copy(update={"erased": True})
    refusal = may_look(erased, Look(an_actor(), frozenset(), "check"), grounds())
    assert refusal is not None
    assert (refusal.code, refusal.attempted) == (Why.ERASED, "view")


def test_words_are_shown_by_kind_and_photos_one_by_one() -> None:
    words, contact, photo = a_content("text"), a_content("contact"), a_content("photo")
    named = (words, photo, contact)
    assert wanted(named, ()) == (words, contact)
    assert wanted(named, ("contact", "photo")) == (contact,)
    assert photos_in(named) == [photo.id]


def test_a_story_tells_how_long_each_stage_took_and_returns_count_again() -> None:
    log = a_told_case_at(Stage.DISPATCHED).then("noted", 5).then("returned", 10).then("dispatched")
    shown = story(log.so_far, log.log)
    assert [(each.stage, each.took_us) for each in shown.stages] == [
        (Stage.REPORTED, 2 * MINUTE),
        (Stage.FILED, MINUTE),
        (Stage.DISPATCHED, 15 * MINUTE),
        (Stage.FILED, MINUTE),
        (Stage.DISPATCHED, None),
    ]
    assert [each.waited_us for each in shown.entries] == [n * MINUTE for n in (0, 1, 1, 1, 5, 10, 1)]


def test_a_story_of_one_entry_has_nobody_waiting() -> None:
    log = told("reported")
    (entry,) = story(log.so_far, log.log).entries
    assert (entry.waited_us, entry.name.zh, entry.event) == (0, "受理上报", "reported.v1")


def test_the_table_is_shown_whole() -> None:
    shown = lifecycle()
    assert [row.event for row in shown.steps] == [row.event for row in TABLE]
    assert {row.stage for row in shown.stages if row.open} == OPEN
    resolved = next(row for row in shown.steps if row.event == "resolved.v1")
    assert (resolved.at, resolved.to, resolved.machine) == ([Stage.WORKING], Stage.RESOLVED, "closure")


@pytest.mark.parametrize("kinds", [(), ("origin", "text")])
def test_where_a_report_came_from_is_shown_to_nobody(kinds: tuple[str, ...]) -> None:
    named = [a_content(kind) for kind in ("text", "origin", "fields", "photo")]
    assert "origin" not in {ref.kind for ref in wanted(named, kinds)}
    assert "text" in {ref.kind for ref in wanted(named, kinds)}
