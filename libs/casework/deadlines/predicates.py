"""What a rule of a policy may ask about a case: the list, by name, in which the data may choose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from libs.casework.deadlines.vocabulary import Facts
from libs.casework.vocabulary import Source, Urgency

Classes = Mapping[str, str]
"""The class of each category."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that the predicates look at."""

    facts: Facts
    classes: Classes


Predicate = Callable[[Asked, frozenset[str]], bool]


def category_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """Its subclass is one of these; not while nobody has said what it is."""
    return asked.facts.category in wanted


def class_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """Its subclass belongs to one of these classes."""
    return asked.classes.get(asked.facts.category or "") in wanted


def urgency_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """It is as urgent as one of these."""
    return asked.facts.urgency in wanted


def area_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """Its grid or community lies in one of these areas, whose codes are how theirs begin."""
    here = asked.facts.grid or asked.facts.community
    return here is not None and here.startswith(tuple(wanted))


def source_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """One of these reported it."""
    return asked.facts.source in wanted


def privacy_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """It is `public`, or `private`."""
    return ("public" if asked.facts.public else "private") in wanted


def office_is(asked: Asked, wanted: frozenset[str]) -> bool:
    """One of these offices has it."""
    return asked.facts.office in wanted


PREDICATES: Mapping[str, Predicate] = {
    each.__name__: each
    for each in (category_is, class_is, urgency_is, area_is, source_is, privacy_is, office_is)
}
VALUES: Mapping[str, frozenset[str]] = {
    "urgency_is": frozenset(Urgency),
    "source_is": frozenset(Source),
    "privacy_is": frozenset({"public", "private"}),
}
"""What may be asked for, where the vocabulary says it; categories and classes are the policy's own."""


def not_to_ask(when: Mapping[str, frozenset[str]], classes: Classes) -> str | None:
    """What is wrong with a rule's questions, or None."""
    known = {**VALUES, "category_is": frozenset(classes), "class_is": frozenset(classes.values())}
    for name, values in when.items():
        if name not in PREDICATES:
            return f"there is no predicate {name}; known: {', '.join(PREDICATES)}"
        if not values:
            return f"{name} of nothing never holds"
        wrong = sorted(values - known.get(name, values))
        if wrong:
            return f"{name}: there is no {wrong[0]}; known: {', '.join(sorted(known[name]))}"
    return None


def holding(when: Mapping[str, frozenset[str]], asked: Asked) -> tuple[str, ...] | None:
    """The names of the predicates, when all of them hold; else None."""
    return tuple(when) if all(PREDICATES[name](asked, values) for name, values in when.items()) else None
