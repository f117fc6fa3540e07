"""What triage decides by rule, read like the sheet on the wall."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.case import Case
from libs.casework.categories import UNKNOWN
from libs.casework.events.model import Event
from libs.casework.events.triage import (
    Classified,
    ConfirmationAsked,
    Filed,
    QueuedForClerk,
    Suggestion,
)
from libs.casework.places import Whereabouts
from libs.casework.vocabulary import Source, Urgency
from services.triage.locate import Basis, Located
from services.triage.matter import Policy, Reading, Seen
from services.triage.rules import KEPT_FROM_PUBLIC, decide
from tests.support.cases import a_reported_case
from tests.support.reference import catalogue, offices

POLICY = Policy(catalogue(), offices(), "test")
HETAI = Located(Whereabouts("140213053", "140213053901", "140213053901001"), Basis.POINT)
WENXING = Located(Whereabouts("140213066", "140213066901", None), Basis.ADDRESS)
OUTSIDE = Located(Whereabouts(), Basis.OUT_OF_AREA)
PRIVATE = [subclass.id for subclass in catalogue().subclasses if subclass.private]
HIDDEN_ON_SPOT = [
    s.id for s in catalogue().subclasses if not s.confirm_on_spot and not s.private and s.id != UNKNOWN
]


def reading(*guesses: tuple[str, float], urgency: Urgency = Urgency.NORMAL) -> Reading:
    return Reading(tuple(Suggestion(category=c, score=s, because=("x",)) for c, s in guesses), urgency)


HOARDING = reading(("hoarding", 0.9))


def decided(
    read: Reading | None = HOARDING, located: Located = HETAI, case: Case | None = None
) -> tuple[Event, ...]:
    return decide(Seen(case or a_resident_reports(), read, located), POLICY)


def classified(
    read: Reading | None = HOARDING, located: Located = HETAI, case: Case | None = None
) -> Classified:
    first = decided(read, located, case)[0]
    assert isinstance(first, Classified)
    return first


def a_resident_reports(**instead: object) -> Case:
    return a_reported_case(
        source=Source.RESIDENT, **({"declared_category": None, "seen_on_spot": False} | instead)
    )


def queued(read: Reading | None = HOARDING, located: Located = HETAI) -> QueuedForClerk:
    (only,) = decided(read, located)
    assert isinstance(only, QueuedForClerk)
    return only


def names(events: tuple[Event, ...]) -> list[str]:
    return [type(event).TYPE for event in events]


def test_a_residents_report_is_first_seen_on_the_spot() -> None:
    assert names(decided()) == ["classified", "confirmation_asked"]
    asked = decided()[1]
    assert isinstance(asked, ConfirmationAsked)
    assert asked.grid == "140213053901001"


def test_a_grid_workers_own_report_is_filed_at_once() -> None:
    case = a_resident_reports(seen_on_spot=True)
    assert names(decided(case=case)) == ["classified", "filed"]
    assert "seen_on_spot" in classified(case=case).because


def test_an_emergency_is_filed_at_once() -> None:
    read = reading(("power_box", 0.9), urgency=Urgency.EMERGENCY)
    assert names(decided(read)) == ["classified", "filed"]
    assert classified(read).urgency is Urgency.EMERGENCY


def test_an_emergency_does_not_wait_until_its_place_is_known() -> None:
    read = reading(("power_box", 0.9), urgency=Urgency.EMERGENCY)
    nowhere = Located(Whereabouts(), Basis.UNKNOWN)
    assert names(decided(read, nowhere)) == ["classified", "filed"]


@pytest.mark.parametrize("category", HIDDEN_ON_SPOT)
def test_what_cannot_be_seen_on_the_spot_is_filed_at_once(category: str) -> None:
    assert names(decided(reading((category, 0.9)))) == ["classified", "filed"]


@pytest.mark.parametrize("category", PRIVATE)
def test_a_private_category_is_filed_at_once_and_never_public(category: str) -> None:
    assert names(decided(reading((category, 0.9)))) == ["classified", "filed"]
    assert not classified(reading((category, 0.9))).public


@pytest.mark.parametrize("category", PRIVATE)
def test_a_close_guess_of_private_life_keeps_the_case_from_the_public(category: str) -> None:
    told = classified(reading(("hoarding", 0.8), (category, 0.7)))
    assert not told.public
    assert "private_among_close_guesses" in told.because


@pytest.mark.parametrize("category", PRIVATE)
def test_a_declared_category_does_not_make_private_words_public(category: str) -> None:
    case = a_reported_case(source=Source.STAFF, declared_category="hoarding")
    assert not classified(reading((category, 0.9)), case=case).public


def test_an_ordinary_case_is_public() -> None:
    assert classified().public


@pytest.mark.parametrize(
    ("read", "located", "why"),
    [
        (None, HETAI, "words_erased"),
        (HOARDING, OUTSIDE, "out_of_area"),
        (HOARDING, Located(Whereabouts(), Basis.CONTRADICTORY), "several_places_named"),
        (HOARDING, Located(Whereabouts(), Basis.UNKNOWN), "place_unknown"),
        (HOARDING, Located(Whereabouts("140213053"), Basis.ADDRESS), "place_unknown"),
        (reading(), HETAI, "category_unknown"),
        (reading(("unknown", 0.9)), HETAI, "category_unknown"),
        (reading(("hoarding", 0.3)), HETAI, "not_sure_enough"),
    ],
)
def test_what_no_rule_decides_goes_to_a_clerk_with_the_reason(
    read: Reading | None, located: Located, why: str
) -> None:
    assert why in queued(read, located).because


def test_a_clerk_is_shown_the_best_guesses_first() -> None:
    told = queued(reading(("hoarding", 0.4), ("exposed_garbage", 0.35)), OUTSIDE)
    assert [guess.category for guess in told.suggestions] == ["hoarding", "exposed_garbage"]


def test_nothing_public_is_said_of_a_case_that_waits_for_a_clerk() -> None:
    assert frozenset() == type(queued(located=OUTSIDE)).IF_PUBLIC


@pytest.mark.parametrize("source", [Source.STAFF, Source.GRID_WORKER, Source.SYSTEM])
def test_the_category_that_staff_or_systems_declare_wins(source: Source) -> None:
    case = a_reported_case(source=source, declared_category="exposed_garbage")
    told = classified(case=case)
    assert (told.category, told.because[0]) == ("exposed_garbage", f"declared_by_{source}")


def test_a_residents_category_counts_when_the_words_agree() -> None:
    case = a_resident_reports(declared_category="exposed_garbage")
    both = reading(("hoarding", 0.6), ("exposed_garbage", 0.4))
    assert classified(both, case=case).category == "exposed_garbage"
    assert classified(HOARDING, case=case).category == "hoarding"


def test_the_case_goes_to_the_office_of_its_street() -> None:
    told = classified(located=WENXING)
    assert (told.office, told.community, told.grid) == ("shuibosi", "140213066901", None)


def test_what_is_filed_is_what_was_classified() -> None:
    told, filed = decided(case=a_resident_reports(seen_on_spot=True))
    assert isinstance(told, Classified)
    assert isinstance(filed, Filed)
    assert (filed.category, filed.grid, filed.community) == (told.category, told.grid, told.community)


def test_every_decision_says_why_and_by_which_data() -> None:
    told = classified()
    assert told.because == ("x", "place_by_point")
    assert told.data_version == "test"


_GUESSES = st.lists(
    st.tuples(st.sampled_from([s.id for s in catalogue().subclasses]), st.floats(0, 1)),
    max_size=6,
    unique_by=lambda guess: guess[0],
).map(lambda guesses: sorted(guesses, key=lambda guess: -guess[1]))


@given(_GUESSES, st.sampled_from([HETAI, WENXING, OUTSIDE]), st.sampled_from(Source), st.booleans())
def test_no_private_guess_at_the_top_is_ever_public(
    guesses: list[tuple[str, float]], located: Located, source: Source, on_spot: bool
) -> None:
    case = a_reported_case(source=source, seen_on_spot=on_spot, declared_category="hoarding")
    first = decided(reading(*guesses), located, case)[0]
    private = guesses and guesses[0][0] in PRIVATE
    assert not (private and isinstance(first, Classified) and first.public)


def test_the_names_of_the_policies_are_words() -> None:
    names = ["private_category", "private_among_close_guesses", "speaks_of_private_matters"]
    assert [each.__name__ for each in KEPT_FROM_PUBLIC] == names


def private_words_beside(score: float, urgency: Urgency = Urgency.NORMAL) -> Reading:
    return Reading((Suggestion(category="hoarding", score=score),), urgency, private=("隔离",))


def test_private_words_keep_a_case_from_the_public() -> None:
    told = classified(private_words_beside(0.95))
    assert not told.public
    assert "speaks_of_private_matters" in told.because


def test_a_doubtful_guess_beside_private_words_is_a_clerks_to_judge() -> None:
    assert queued(private_words_beside(0.7)).because == ("private_beside_a_doubtful_guess",)
    urgent = private_words_beside(0.7, Urgency.EMERGENCY)
    assert names(decided(urgent)) == ["classified", "filed"]
    assert not classified(urgent).public


@pytest.mark.parametrize(
    ("read", "located", "urgency"),
    [
        (reading(urgency=Urgency.EMERGENCY), HETAI, Urgency.EMERGENCY),
        (reading(("hoarding", 0.3), urgency=Urgency.URGENT), HETAI, Urgency.URGENT),
        (reading(("hoarding", 0.9), urgency=Urgency.EMERGENCY), OUTSIDE, Urgency.EMERGENCY),
        (reading(("lift_trap", 0.9)), OUTSIDE, Urgency.EMERGENCY),
        (reading(("lift_trap", 0.3)), HETAI, Urgency.NORMAL),
        (None, HETAI, Urgency.NORMAL),
    ],
)
def test_what_waits_for_a_clerk_says_how_urgent_it_sounds(
    read: Reading | None, located: Located, urgency: Urgency
) -> None:
    assert queued(read, located).urgency is urgency


def test_what_waits_for_a_clerk_waits_at_the_office_of_its_place() -> None:
    told = queued(reading(), WENXING)
    assert (told.office, told.community, told.grid) == ("shuibosi", "140213066901", None)
    assert (queued(located=OUTSIDE).office, queued(located=OUTSIDE).grid) == ("yingbin", None)


def test_an_emergency_does_not_wait_for_one_of_the_places_that_it_names() -> None:
    read = reading(("power_box", 0.9), urgency=Urgency.EMERGENCY)
    assert names(decided(read, Located(Whereabouts(), Basis.CONTRADICTORY))) == ["classified", "filed"]


def sounding_grave(score: float, **more: Any) -> Reading:
    return Reading((Suggestion(category="hoarding", score=score),), alarm=True, **more)


def test_what_only_sounds_grave_waits_first_in_the_queue_and_is_not_filed() -> None:
    told = queued(sounding_grave(0.95))
    assert (told.because, told.urgency) == (("only_sounds_grave",), Urgency.EMERGENCY)


def test_what_somebody_has_seen_on_the_spot_needs_no_alarm() -> None:
    seen = a_reported_case(source=Source.GRID_WORKER, declared_category="hoarding", seen_on_spot=True)
    assert names(decided(sounding_grave(0.95), HETAI, seen)) == ["classified", "filed"]


def test_an_alarm_beside_words_of_danger_keeps_nobody_from_filing() -> None:
    heard = sounding_grave(0.95, urgency=Urgency.EMERGENCY)
    assert names(decided(heard)) == ["classified", "filed"]


def test_an_emergency_named_beside_an_ordinary_matter_is_a_clerks_to_sort() -> None:
    told = queued(sounding_grave(0.95, urgency=Urgency.EMERGENCY, emergencies=("fire_smoke",)))
    assert (told.because, told.urgency) == (("names_another_emergency",), Urgency.EMERGENCY)


def test_an_emergency_of_its_own_category_is_filed_at_once() -> None:
    fire = Reading(
        (Suggestion(category="fire_smoke", score=0.9),), Urgency.EMERGENCY, emergencies=("fire_smoke",)
    )
    assert names(decided(fire)) == ["classified", "filed"]
