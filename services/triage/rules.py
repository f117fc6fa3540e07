"""What triage decides by rule: the sheet on the clerk's wall. Pure.

Each policy is a named predicate in a list; the names of those that hold are recorded with the decision (`because`).
"""

from collections.abc import Callable, Iterable
from typing import Any

from libs.casework.categories import Subclass
from libs.casework.events.model import Event
from libs.casework.events.triage import Classified, ConfirmationAsked, Filed, QueuedForClerk
from libs.casework.vocabulary import Source, Urgency
from services.triage.locate import Basis
from services.triage.matter import SHOWN, Matter, Policy, Seen, matter_of

SURE = 0.6
"""A guess with a lower chance goes to a clerk; seven in ten pass, and 84 of 100 of these are right (`bench.crossvalidate`)."""
DOUBTFUL = 0.9
"""A public guess with a lower score does not outweigh private words beside it."""

Predicate = Callable[[Matter], bool]


def words_erased(matter: Matter) -> bool:
    """Nobody can read any more what was reported."""
    return matter.seen.reading is None


def out_of_area(matter: Matter) -> bool:
    """Its point lies in none of our grids."""
    return matter.seen.located.basis is Basis.OUT_OF_AREA


def several_places_named(matter: Matter) -> bool:
    """The words name places that contradict each other; an emergency does not wait for that."""
    return matter.seen.located.basis is Basis.CONTRADICTORY and not emergency(matter)


def place_unknown(matter: Matter) -> bool:
    """Nothing says which community it is in; an emergency does not wait for that."""
    return matter.seen.located.where.community is None and not emergency(matter)


def category_unknown(matter: Matter) -> bool:
    """The words fit no category."""
    return matter.choice.subclass is None


def not_sure_enough(matter: Matter) -> bool:
    """The best guess is below the threshold."""
    return matter.choice.subclass is not None and matter.choice.score < SURE


def seen_on_spot(matter: Matter) -> bool:
    """Somebody trusted has looked at it."""
    return matter.seen.case.seen_on_spot


def emergency(matter: Matter) -> bool:
    """Life or property is in danger: nobody is sent to look first."""
    return matter.urgency is Urgency.EMERGENCY


def nothing_to_see_on_spot(matter: Matter) -> bool:
    """The category is one that is not confirmed on the spot."""
    return matter.choice.subclass is not None and not matter.choice.subclass.confirm_on_spot


def private_category(matter: Matter) -> bool:
    """The category is one of private life."""
    return matter.choice.subclass is not None and matter.choice.subclass.private


def private_among_close_guesses(matter: Matter) -> bool:
    """A guess close to the best is of private life."""
    return any(subclass.private for subclass in matter.close)


def speaks_of_private_matters(matter: Matter) -> bool:
    """Its words say something private, even where the best guess is public."""
    return matter.seen.reading is not None and bool(matter.seen.reading.private)


def private_beside_a_doubtful_guess(matter: Matter) -> bool:
    """It speaks of private matters, and the public guess is none to send a grid worker out for; emergencies do not wait."""
    doubtful = matter.choice.score < DOUBTFUL and not private_category(matter)
    return doubtful and speaks_of_private_matters(matter) and not emergency(matter)


def only_sounds_grave(matter: Matter) -> bool:
    """It sounds like an emergency, but neither a word of danger nor its category says so: a person judges, at once."""
    reading = matter.seen.reading
    alarmed = reading is not None and reading.alarm
    return alarmed and not emergency(matter) and not seen_on_spot(matter)


def names_another_emergency(matter: Matter) -> bool:
    """Beside an ordinary matter it names an emergency of another kind: a person sorts them, before anything else."""
    reading, subclass = matter.seen.reading, matter.choice.subclass
    if reading is None or subclass is None or seen_on_spot(matter):
        return False
    return bool(reading.emergencies) and subclass.urgency is Urgency.NORMAL


FOR_A_CLERK: tuple[Predicate, ...] = (
    words_erased,
    out_of_area,
    several_places_named,
    place_unknown,
    category_unknown,
    not_sure_enough,
    private_beside_a_doubtful_guess,
    names_another_emergency,
    only_sounds_grave,
)
FILED_AT_ONCE: tuple[Predicate, ...] = (
    seen_on_spot,
    emergency,
    private_category,
    nothing_to_see_on_spot,
)
KEPT_FROM_PUBLIC: tuple[Predicate, ...] = (
    private_category,
    private_among_close_guesses,
    speaks_of_private_matters,
)


def decide(seen: Seen, policy: Policy) -> tuple[Event, ...]:
    """What triage says about a case that awaits it: filed, to be confirmed on the spot, or a clerk's to decide."""
    matter = matter_of(seen, policy)
    doubts = fired(FOR_A_CLERK, matter)
    if doubts or matter.choice.subclass is None:
        return (_queued(matter, doubts, policy),)
    classified = _classified(matter, matter.choice.subclass, policy)
    if any(holds(matter) for holds in FILED_AT_ONCE):
        return classified, filed(classified, seen.case.source)
    return classified, ConfirmationAsked(grid=classified.grid)


def fired(predicates: Iterable[Predicate], matter: Matter) -> tuple[str, ...]:
    """The names of the predicates that hold."""
    return tuple(each.__name__ for each in predicates if each(matter))


def filed(classified: Classified, source: Source) -> Filed:
    """Filing what was just classified."""
    return Filed(
        category=classified.category, source=source, grid=classified.grid, community=classified.community
    )


def _queued(matter: Matter, doubts: tuple[str, ...], policy: Policy) -> QueuedForClerk:
    return QueuedForClerk(
        because=doubts,
        urgency=_urgency_in_queue(matter),
        **_place(matter, policy),
        **_evidence(matter, policy),
    )


def _urgency_in_queue(matter: Matter) -> Urgency:
    """What only sounds grave waits with the emergencies; a category that is not sure adds nothing."""
    if matter.seen.reading and matter.seen.reading.alarm:
        return Urgency.EMERGENCY
    return matter.heard if not_sure_enough(matter) else matter.urgency


def _classified(matter: Matter, subclass: Subclass, policy: Policy) -> Classified:
    reasons = (
        *matter.choice.because,
        matter.seen.located.basis.value,
        *dict.fromkeys(fired(FILED_AT_ONCE, matter) + fired(KEPT_FROM_PUBLIC, matter)),
    )
    return Classified(
        category=subclass.id,
        urgency=matter.urgency,
        public=not any(holds(matter) for holds in KEPT_FROM_PUBLIC),
        because=reasons,
        **_place(matter, policy),
        **_evidence(matter, policy),
    )


def _place(matter: Matter, policy: Policy) -> dict[str, Any]:
    """The office of its street (its own as long as no street is known), and what else is known of its place."""
    where = matter.seen.located.where
    office = policy.offices.of_street(where.street) if where.street else None
    return {
        "office": office.code if office else matter.seen.case.office,
        "grid": where.grid,
        "community": where.community,
        "compound": where.compound.code if where.compound else None,
    }


def _evidence(matter: Matter, policy: Policy) -> dict[str, Any]:
    suggestions = matter.seen.reading.suggestions[:SHOWN] if matter.seen.reading else ()
    return {"suggestions": suggestions, "data_version": policy.version}
