"""What is it, and how urgent? Ranked by words, with the words that spoke for it. Pure: text and index in, values out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import exp
from typing import NamedTuple

from libs.casework.categories import Subclass
from libs.casework.events.triage import Suggestion
from libs.casework.vocabulary import Urgency
from services.triage.lexicon import MAX_CHARACTERS, Index, Known, character_pairs, tokens

_INSIDE_A_LONGER_WORD = 0.35
_FURTHER_WORDS = 0.55
_PAIRS_ALONE, _PAIRS_BESIDE = 0.35, 0.12
_ENOUGH = 5.0
_TOO_LITTLE = 0.08
_CLEAR_WORD = 5.0
"""One specific word of a category weighs at least this; a word that several share, or inside a longer one, less."""
_RANKS = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.EMERGENCY: 2}


class Found(NamedTuple):
    """A run of tokens that stands at `start` up to `end` (tokens)."""

    run: str
    start: int
    end: int


class Evidence(NamedTuple):
    """What one term adds to a subclass."""

    weight: float
    label: str


def rank(text: str, index: Index, limit: int = 3) -> tuple[Suggestion, ...]:
    """The likeliest subclasses, best first; empty when the text says nothing that can be placed.

    A score of 1 would be certainty; below about 0.3 a clerk should look.
    """
    run = tokens(mended(text, index))
    if _taken_back(run, index):
        return ()
    found = _undenied(_found(run, index), run, index.corrections)
    evidence = _evidence(found, index)
    scores = {subclass: _total(parts) for subclass, parts in evidence.items()}
    for subclass, weight in _pair_scores(run, index).items():
        scores[subclass] = scores.get(subclass, 0.0) + weight * (_PAIRS_BESIDE if scores else _PAIRS_ALONE)
    return tuple(_suggestions(scores, evidence, limit))


def urgency_of(text: str, subclass: Subclass | None, index: Index) -> Urgency:
    """The category's own urgency, raised by words of danger and by words of any emergency category; never lowered."""
    run = tokens(mended(text, index))
    present = _undenied(_known_runs(run, index), run, index.denials)
    runs = {one.run for one in present}
    combinations = {each for one in runs for each in index.danger.get(one, ())}
    raised = [level for level, parts in combinations if runs.issuperset(parts)]
    if _speaks_of_emergency(present, index):
        raised.append(Urgency.EMERGENCY)
    return max([Urgency.NORMAL, *([subclass.urgency] if subclass else []), *raised], key=_RANKS.__getitem__)


def _speaks_of_emergency(present: list[Found], index: Index) -> bool:
    evidence = _evidence([one for one in present if one.run in index.by_run], index)
    return any(_total(evidence[one]) >= _CLEAR_WORD for one in index.emergencies & evidence.keys())


def private_words(text: str, index: Index) -> tuple[str, ...]:
    """The words that clearly speak of something private, whatever else the text is about; empty when none do."""
    run = tokens(mended(text, index))
    evidence = _evidence(_found(run, index), index)
    clear = [evidence[one] for one in sorted(index.private & evidence.keys())]
    return tuple(one.label for parts in clear if _total(parts) >= _CLEAR_WORD for one in parts)


def known_words(run: list[str], index: Index) -> frozenset[str]:
    """The words of the reviewed lists in a run of tokens: what may be shown of a text, because nobody's own is among it."""
    return frozenset(one.run.strip() for one in _found(run, index))


def mended(text: str, index: Index) -> str:
    """`text` with traditional characters made ours and common mistypings put right."""
    text = text[:MAX_CHARACTERS].translate(index.simplified)
    for slip, meant in index.slips:
        if slip in text:
            text = text.replace(slip, meant)
    return text


def _taken_back(run: list[str], index: Index) -> bool:
    whole = "".join(run)
    return any(word in whole for word in index.nothing_to_file)


def _runs(run: list[str], known: Known) -> Iterable[Found]:
    """Every run of tokens that is known; most tokens begin none, and nothing is built for them."""
    for start, token in enumerate(run):
        longest = known.longest.get(token, 0)
        text = ""
        for end in range(start + 1, min(start + longest, len(run)) + 1):
            text += run[end - 1]
            if text in known.runs:
                yield Found(text, start, end)


def _found(run: list[str], index: Index) -> list[Found]:
    return [one for one in _known_runs(run, index) if one.run in index.by_run]


def _known_runs(run: list[str], index: Index) -> list[Found]:
    """Every known run but those that begin inside a look-alike: 邻居家 says nothing of 居家."""
    inside = {place for one in _runs(run, index.look_alikes) for place in range(one.start + 1, one.end)}
    return [one for one in _runs(run, index.known) if one.start not in inside]


def _undenied(found: Iterable[Found], run: list[str], denials: Known) -> list[Found]:
    """Without what a denial directly before it takes back: 不是漏水, no smoke."""
    denied = {one.end for one in _runs(run, denials)}
    return [one for one in found if one.start not in denied] if denied else list(found)


def _evidence(found: list[Found], index: Index) -> dict[str, list[Evidence]]:
    strength = _strengths(found)
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for number in {number for run in strength for number in index.by_run[run]}:
        term = index.terms[number]
        if all(part in strength for part in term.parts):
            share = _share(term.parts, strength)
            for subclass, weight in term.weights.items():
                evidence[subclass].append(Evidence(weight * share, term.label))
    return evidence


def _share(parts: tuple[str, ...], strength: Mapping[str, float]) -> float:
    return strength[parts[0]] if len(parts) == 1 else 1.0


def _strengths(found: list[Found]) -> dict[str, float]:
    """Full for a word that stands by itself, little for one inside a longer word (井盖 in 燃气井盖)."""
    strength: dict[str, float] = {}
    reach = -1
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        inside = one.end <= reach
        reach = max(reach, one.end)
        strength[one.run] = max(strength.get(one.run, 0.0), _INSIDE_A_LONGER_WORD if inside else 1.0)
    return strength


def _total(parts: list[Evidence]) -> float:
    """The strongest word in full, every further one with less: many weak words do not beat a clear one."""
    weights = sorted((one.weight for one in parts), reverse=True)
    return sum(weight * _FURTHER_WORDS**place for place, weight in enumerate(weights))


def _pair_scores(run: list[str], index: Index) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    for pair in dict.fromkeys(character_pairs(run)):
        for subclass, weight in index.pairs.get(pair, {}).items():
            scores[subclass] += weight
    return scores


def _suggestions(
    scores: Mapping[str, float], evidence: Mapping[str, list[Evidence]], limit: int
) -> Iterable[Suggestion]:
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[: max(limit, 3)]
    total = sum(weight for _, weight in ranked)
    for subclass, weight in ranked[:limit]:
        score = weight / total * (1 - exp(-weight / _ENOUGH)) if total else 0.0
        if score >= _TOO_LITTLE:
            yield Suggestion(
                category=subclass, score=round(score, 3), because=_because(evidence.get(subclass))
            )


def _because(parts: list[Evidence] | None) -> tuple[str, ...]:
    strongest = sorted(parts or (), key=lambda one: (-one.weight, one.label))
    return tuple(one.label for one in strongest[:4])
