"""Are two reports of the same thing? Place, time, category and words, by the office's reviewed measures. Pure.

Each condition is a named predicate in a list; the names of those that held are recorded with the suggestion or the merge.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from libs.casework.case import Case
from libs.casework.events.triage import Likeness
from libs.casework.places import Position
from libs.casework.vocabulary import Source, Stage, Urgency
from services.triage.cells import metres_between
from services.triage.measures import Measure, Measures

HOUR = 3_600_000_000
STEP_M = 10
"""How finely a distance is told: the log outlives the points that it lies between, and must not lead back to them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared. `exact`: the position is a reported point, not that of a compound. `pairs` counts what is said.

    `category` as it was decided, or as the best guess has it; `words` are known words (of the reviewed lists).
    """

    case: Case
    position: Position
    exact: bool
    category: str | None
    public: bool
    urgency: Urgency
    pairs: Counter[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A new report and an earlier one, measured: metres and hours between them, how alike their words are."""

    new: Report
    earlier: Report
    measure: Measure
    metres: float
    apart: int
    alike: float


Predicate = Callable[[Pair], bool]


def near(pair: Pair) -> bool:
    """Within the radius of its category."""
    return pair.metres <= pair.measure.radius_m


def recent(pair: Pair) -> bool:
    """Reported within the hours of its category."""
    return pair.apart <= pair.measure.within_hours * HOUR


def goes_on(pair: Pair) -> bool:
    """The earlier one is open, and its work is not reported done: what is seen after that is news."""
    return pair.earlier.case.open and pair.earlier.case.stage is not Stage.RESOLVED


def equally_private(pair: Pair) -> bool:
    """Both are public, or both are not (yet)."""
    return pair.new.public == pair.earlier.public


def same_category(pair: Pair) -> bool:
    """Of one subclass."""
    return pair.new.category is not None and pair.new.category == pair.earlier.category


def by_points(pair: Pair) -> bool:
    """Both say exactly where."""
    return pair.new.exact and pair.earlier.exact


def of_residents(pair: Pair) -> bool:
    """Residents reported both themselves: what staff or a system passed on, a person judges."""
    return pair.new.case.source is pair.earlier.case.source is Source.RESIDENT


def for_everybody_to_see(pair: Pair) -> bool:
    """Both are public."""
    return pair.new.public and pair.earlier.public


def nobody_in_danger(pair: Pair) -> bool:
    """Neither is an emergency."""
    return Urgency.EMERGENCY not in (pair.new.urgency, pair.earlier.urgency)


def no_graver(pair: Pair) -> bool:
    """It is no more urgent than the earlier one, which would otherwise hide that."""
    order = tuple(Urgency)
    return order.index(pair.new.urgency) <= order.index(pair.earlier.urgency)


def settled_before(pair: Pair) -> bool:
    """The earlier one was classified before this one came to be looked at."""
    return pair.earlier.case.category is not None


def merged_by_rule(pair: Pair) -> bool:
    """Its category is one that the office lets a rule merge."""
    return pair.measure.by_rule


FOR_A_SUGGESTION: tuple[Predicate, ...] = (near, recent, goes_on, equally_private)
TOLD: tuple[Predicate, ...] = (near, recent, same_category, by_points)
"""Those of the predicates that tell a person something about a suggestion."""
FOR_A_MERGE: tuple[Predicate, ...] = (
    same_category,
    by_points,
    of_residents,
    for_everybody_to_see,
    nobody_in_danger,
    no_graver,
    settled_before,
    merged_by_rule,
)


def compare(new: Report, earlier: Report, measures: Measures) -> tuple[Pair, Likeness] | None:
    """How alike the two are, when that is worth a person's look; else None."""
    measure = measures.of(new.category)
    metres = metres_between(new.position, earlier.position)
    apart = abs(new.case.reported_at - earlier.case.reported_at)
    pair = Pair(new, earlier, measure, metres, apart, alike(new.pairs, earlier.pairs))
    if not all(holds(pair) for holds in FOR_A_SUGGESTION):
        return None
    score = _score(pair, measures)
    return (pair, _likeness(pair, score)) if score >= measures.suggest_from else None


def merges(pair: Pair, likeness: Likeness, measures: Measures) -> tuple[str, ...]:
    """The names of what held, when a rule may merge the two; nothing when a person has to look."""
    sure = likeness.score >= measures.merge_from and pair.alike >= measures.merge_words
    if not sure or not all(holds(pair) for holds in FOR_A_MERGE):
        return ()
    names = tuple(each.__name__ for each in (*FOR_A_SUGGESTION, *FOR_A_MERGE))
    return (*names, "words_alike", f"score {likeness.score:.2f}")


def pairs_in(run: Iterable[str]) -> Counter[str]:
    """What a report says, counted: its words, and its neighbouring Chinese characters."""
    run = list(run)
    words = [token for token in run if token[0] == " "]
    return Counter([*words, *(a + b for a, b in pairwise(run) if _is_character(a) and _is_character(b))])


def alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of what both say in all that they say (Dice), between 0 and 1; 0 when one says nothing."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if one and other else 0.0


def ranked(found: Iterable[tuple[Pair, Likeness]]) -> list[tuple[Pair, Likeness]]:
    """The likeliest first; of two that are as likely the earlier."""
    return sorted(found, key=lambda each: (-each[1].score, each[0].earlier.case.reported_at))


def _is_character(token: str) -> bool:
    return "\u3400" <= token <= "\u9fff"


def _score(pair: Pair, measures: Measures) -> float:
    weights = measures.weights
    beyond = max(0.0, pair.metres - measures.gps_m)
    place = 1 - beyond / max(pair.measure.radius_m - measures.gps_m, 1)
    time = 1 - pair.apart / (pair.measure.within_hours * HOUR)
    category = 1.0 if same_category(pair) else 0.5
    total = weights.place * max(place, 0.0) + weights.time * time
    return round(min(total + weights.category * category + weights.words * pair.alike, 1.0), 3)


def _likeness(pair: Pair, score: float) -> Likeness:
    return Likeness(
        other=pair.earlier.case.id,
        score=score,
        metres=round(pair.metres / STEP_M) * STEP_M if by_points(pair) else None,
        apart=pair.apart,
        words=tuple(sorted(pair.new.words & pair.earlier.words))[:6],
        because=tuple(each.__name__ for each in TOLD if each(pair)),
    )
