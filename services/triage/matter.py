"""What triage knows of a case when it decides: what the words say, which category that makes, how urgent it is. Pure."""

from dataclasses import dataclass

from libs.casework.case import Case
from libs.casework.categories import UNKNOWN, Catalogue, Subclass
from libs.casework.events.triage import Suggestion
from libs.casework.offices import Offices
from libs.casework.vocabulary import Source, Urgency
from services.triage.classify import (
    Hearing,
    emergencies_named,
    hear,
    private_words,
    rank,
    sounds_grave,
    urgency_of,
)
from services.triage.locate import Located

CLOSE = 0.3
"""A guess within this of the best is close to it: when one of them is private, so is the case."""
SHOWN = 5
"""So many suggestions a clerk is shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words say: ranked guesses, the best first, how urgent they sound, which of them speak of private life.

    `alarm`: it sounds like an emergency, with or without a word of danger; `emergencies`: those that clear words name.
    """

    suggestions: tuple[Suggestion, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    private: tuple[str, ...] = ()
    alarm: bool = False
    emergencies: tuple[str, ...] = ()


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
    """All that the predicates look at. `heard`: the urgency of the words alone; `urgency`: with the category's own."""

    seen: Seen
    choice: Choice
    heard: Urgency
    urgency: Urgency
    close: tuple[Subclass, ...]


def read_words(text: str, hearing: Hearing) -> Reading:
    """What the words of a report say."""
    heard, index = hear(text, hearing), hearing.index
    return Reading(
        suggestions=rank(heard, hearing, SHOWN),
        urgency=urgency_of(heard, None, index),
        private=private_words(heard, index),
        alarm=sounds_grave(heard, hearing),
        emergencies=emergencies_named(heard, index),
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
    return Choice(subclass, best.score, best.because)


def matter_of(seen: Seen, policy: Policy) -> Matter:
    """What the predicates look at, of a case as triage sees it."""
    reading = seen.reading or Reading()
    choice = choose(seen.case, reading, policy.catalogue)
    by_category = choice.subclass.urgency if choice.subclass else Urgency.NORMAL
    urgency = graver(by_category, reading.urgency)
    return Matter(seen, choice, reading.urgency, urgency, _close(choice, reading, policy.catalogue))


def _close(choice: Choice, reading: Reading, catalogue: Catalogue) -> tuple[Subclass, ...]:
    best = max((guess.score for guess in reading.suggestions), default=0.0)
    near = (catalogue.get(guess.category) for guess in reading.suggestions if guess.score >= best - CLOSE)
    return tuple(subclass for subclass in near if subclass and subclass is not choice.subclass)
