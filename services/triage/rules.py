"""What triage decides by rule: the sheet on the clerk's wall. Pure.

Each policy is a named predicate in a list; the names of those that hold are recorded with the decision (`because`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from libs.casework.case import Case
from libs.casework.categories import UNKNOWN, Catalogue, Subclass
from libs.casework.events.model import Event
from libs.casework.events.triage import Classified, ConfirmationAsked, Filed, QueuedForClerk, Suggestion
from libs.casework.offices import Offices
from libs.casework.vocabulary import Source, Urgency
from services.triage.classify import rank, urgency_of
from services.triage.lexicon import Index
from services.triage.locate import Basis, Located

SURE = 0.35
"""A guess with a lower score goes to a clerk; at 0.35, 96 of 100 of the sample reports that pass are placed rightly."""
CLOSE = 0.3
"""A guess within this of the best is close to it: when one of them is private, so is the case."""
SHOWN = 5
"""So many suggestions a clerk is shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words say: ranked guesses, the best first, and how urgent they sound."""

    suggestions: tuple[Suggestion, ...] = ()
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as triage sees it. `reading` None: its words were erased."""

    case: Case
    reading: Reading | None
    located: Located


@dataclass(frozen=True, slots=True)
class Policy:
    """The reviewed data that the rules go by; `version` names all of it."""

    catalogue: Catalogue
    offices: Offices
    version: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The category that would be given, how sure that is, and why."""

    subclass: Subclass | None
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """All that the predicates look at."""

    seen: Seen
    choice: Choice
    urgency: Urgency
    close: tuple[Subclass, ...]


Predicate = Callable[[Matter], bool]


def words_erased(matter: Matter) -> bool:
    """Nobody can read any more what was reported."""
    return matter.seen.reading is None


def out_of_area(matter: Matter) -> bool:
    """Its point lies in none of our grids."""
    return matter.seen.located.basis is Basis.OUT_OF_AREA


def several_places_named(matter: Matter) -> bool:
    """The words name places that contradict each other."""
    return matter.seen.located.basis is Basis.CONTRADICTORY


def place_unknown(matter: Matter) -> bool:
    """Nothing says which community it is in; an emergency does not wait for that."""
    return matter.seen.located.where.community is None and matter.urgency is not Urgency.EMERGENCY


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


FOR_A_CLERK: tuple[Predicate, ...] = (
    words_erased,
    out_of_area,
    several_places_named,
    place_unknown,
    category_unknown,
    not_sure_enough,
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
)


def decide(seen: Seen, policy: Policy) -> tuple[Event, ...]:
    """What triage says about a case that awaits it: filed, to be confirmed on the spot, or a clerk's to decide."""
    matter = _matter(seen, policy)
    doubts = fired(FOR_A_CLERK, matter)
    if doubts or matter.choice.subclass is None:
        return (_queued(matter, doubts, policy),)
    classified = _classified(matter, matter.choice.subclass, policy)
    if any(holds(matter) for holds in FILED_AT_ONCE):
        return classified, filed(classified, seen.case.source)
    return classified, ConfirmationAsked(grid=classified.grid)


def read_words(text: str, index: Index) -> Reading:
    """What the words of a report say, by the lexicon."""
    return Reading(rank(text, index, SHOWN), urgency_of(text, None, index))


def fired(predicates: Iterable[Predicate], matter: Matter) -> tuple[str, ...]:
    """The names of the predicates that hold."""
    return tuple(each.__name__ for each in predicates if each(matter))


def filed(classified: Classified, source: Source) -> Filed:
    """Filing what was just classified."""
    return Filed(
        category=classified.category, source=source, grid=classified.grid, community=classified.community
    )


def graver(one: Urgency, other: Urgency) -> Urgency:
    """The more urgent of two."""
    order = tuple(Urgency)
    return max(one, other, key=order.index)


def choose(case: Case, reading: Reading, catalogue: Catalogue) -> Choice:
    """Staff, grid workers and systems name the category; a resident's choice counts when the words support it."""
    declared = catalogue.get(case.declared_category) if case.declared_category else None
    if declared and case.source is not Source.RESIDENT:
        return Choice(declared, 1.0, (f"declared_by_{case.source}",))
    if declared and declared.id in {guess.category for guess in reading.suggestions}:
        return Choice(declared, 1.0, ("declared_by_resident", "words_agree"))
    best = next((guess for guess in reading.suggestions if guess.category != UNKNOWN), None)
    subclass = catalogue.get(best.category) if best else None
    if best is None or subclass is None:
        return Choice(None, 0.0, ())
    return Choice(subclass, best.score, tuple(f"words: {word}" for word in best.because))


def _matter(seen: Seen, policy: Policy) -> Matter:
    reading = seen.reading or Reading()
    choice = choose(seen.case, reading, policy.catalogue)
    by_category = choice.subclass.urgency if choice.subclass else Urgency.NORMAL
    return Matter(
        seen, choice, graver(by_category, reading.urgency), _close(choice, reading, policy.catalogue)
    )


def _close(choice: Choice, reading: Reading, catalogue: Catalogue) -> tuple[Subclass, ...]:
    best = max((guess.score for guess in reading.suggestions), default=0.0)
    near = (catalogue.get(guess.category) for guess in reading.suggestions if guess.score >= best - CLOSE)
    return tuple(subclass for subclass in near if subclass and subclass is not choice.subclass)


def _queued(matter: Matter, doubts: tuple[str, ...], policy: Policy) -> QueuedForClerk:
    suggestions = matter.seen.reading.suggestions[:SHOWN] if matter.seen.reading else ()
    return QueuedForClerk(because=doubts, suggestions=suggestions, data_version=policy.version)


def _classified(matter: Matter, subclass: Subclass, policy: Policy) -> Classified:
    where, case = matter.seen.located.where, matter.seen.case
    office = policy.offices.of_street(where.street) if where.street else None
    reasons = (
        *matter.choice.because,
        matter.seen.located.basis.value,
        *dict.fromkeys(fired(FILED_AT_ONCE, matter) + fired(KEPT_FROM_PUBLIC, matter)),
    )
    return Classified(
        category=subclass.id,
        urgency=matter.urgency,
        public=not any(holds(matter) for holds in KEPT_FROM_PUBLIC),
        office=office.code if office else case.office,
        grid=where.grid,
        community=where.community,
        compound=where.compound.code if where.compound else None,
        because=reasons,
        suggestions=matter.seen.reading.suggestions[:SHOWN] if matter.seen.reading else (),
        data_version=policy.version,
    )
