"""What is it, and how urgent? Ranked by words and by n-grams together, with what spoke for it. Pure: text in, values out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from libs.casework.categories import UNKNOWN, Subclass
from libs.casework.events.triage import Suggestion
from libs.casework.vocabulary import Urgency
from services.triage.learned import Model, alarm, heaviest, likest, margins
from services.triage.lexicon import MAX_CHARACTERS, Index, Known, tokens
from services.triage.ngrams import Vector, Weights, ngrams, vector_of

_INSIDE_A_LONGER_WORD = 0.35
_FURTHER_WORDS = 0.55
_PER_MARGIN, _PER_WORD = 7.0, 0.14
"""How much a step of the model's margin and of the words' weight count: fitted by cross-validation (`bench.crossvalidate`)."""
_TOO_LITTLE = 0.02
_CLEAR_WORD = 5.0
"""One specific word of a category weighs at least this; a word that several share, or inside a longer one, less."""
_ALARM = -0.4
"""From this on a report sounds like an emergency: with the words of danger 94 of 100 emergencies, and 23 of 100 others (`bench.crossvalidate`)."""
_RANKS = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.EMERGENCY: 2}


@dataclass(frozen=True, slots=True)
class Hearing:
    """What reports are understood by: the words, and what was learned from reviewed reports."""

    index: Index
    model: Model


class Found(NamedTuple):
    """A run of tokens that stands at `start` up to `end` (tokens)."""

    run: str
    start: int
    end: int


class Evidence(NamedTuple):
    """What one term adds to a subclass."""

    weight: float
    label: str


class Heard(NamedTuple):
    """A report, listened to once: its tokens, the known runs among them, its n-grams, how likely each category is, and which words speak for which."""

    run: list[str]
    known: list[Found]
    vector: Vector
    likely: Weights
    evidence: dict[str, list[Evidence]]


def hear(text: str, hearing: Hearing) -> Heard:
    """Listen to a report. `likely` are chances: of those with 0.8 eight in ten are right; the surest are a little too sure (0.98: 0.92)."""
    index, model = hearing.index, hearing.model
    run = listen(text, index)
    vector = vector_of(ngrams(run), model.vocabulary)
    known = _known_runs(run, index)
    evidence = _evidence(_undenied(_terms(known, index), run, index.corrections), index)
    pull = _PER_MARGIN * margins(vector, model)
    for subclass, parts in evidence.items():
        pull[model.column[subclass]] += _PER_WORD * _total(parts)
    chances = np.exp(pull - pull.max())
    return Heard(run, known, vector, chances / chances.sum(), evidence)


def rank(heard: Heard, hearing: Hearing, limit: int = 3) -> tuple[Suggestion, ...]:
    """The likeliest subclasses, best first; empty when the text says nothing that can be placed."""
    model = hearing.model
    if _taken_back(heard.run, hearing.index) or _says_nothing(heard, model):
        return ()
    best = np.argsort(-heard.likely, kind="stable")[: limit + 1].tolist()
    return tuple(_suggestions([one for one in best if model.categories[one] != UNKNOWN], heard, model))[
        :limit
    ]


def sounds_grave(heard: Heard, hearing: Hearing) -> bool:
    """Whether it sounds like an emergency, with or without a word of danger. Errs on the side of alarm."""
    return alarm(heard.vector, hearing.model) > _ALARM


def urgency_of(heard: Heard, subclass: Subclass | None, index: Index) -> Urgency:
    """The category's own urgency, raised by words of danger and by words of any emergency category; never lowered."""
    present = _undenied(heard.known, heard.run, index.denials)
    runs = {one.run for one in present}
    combinations = {each for one in runs for each in index.danger.get(one, ())}
    raised = [level for level, parts in combinations if runs.issuperset(parts)]
    if emergencies_named(heard, index):
        raised.append(Urgency.EMERGENCY)
    return max([Urgency.NORMAL, *([subclass.urgency] if subclass else []), *raised], key=_RANKS.__getitem__)


def emergencies_named(heard: Heard, index: Index) -> tuple[str, ...]:
    """The categories that always are emergencies and that a clear word speaks of, whatever else the text is about."""
    present = _undenied(heard.known, heard.run, index.denials)
    evidence = _evidence(_terms(present, index), index)
    named = index.emergencies & evidence.keys()
    return tuple(one for one in sorted(named) if _total(evidence[one]) >= _CLEAR_WORD)


def private_words(heard: Heard, index: Index) -> tuple[str, ...]:
    """The words that clearly speak of something private, whatever else the text is about; empty when none do."""
    evidence = _evidence(_terms(heard.known, index), index)
    clear = [evidence[one] for one in sorted(index.private & evidence.keys())]
    return tuple(one.label for parts in clear if _total(parts) >= _CLEAR_WORD for one in parts)


def known_words(run: list[str], index: Index) -> frozenset[str]:
    """The words of the reviewed lists in a run of tokens: what may be shown of a text, because nobody's own is among it."""
    return frozenset(one.run.strip() for one in _terms(_known_runs(run, index), index))


def listen(text: str, index: Index) -> list[str]:
    """The tokens of a report, mended."""
    return tokens(mended(text, index))


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


def _terms(known: Iterable[Found], index: Index) -> list[Found]:
    return [one for one in known if one.run in index.by_run]


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


def _says_nothing(heard: Heard, model: Model) -> bool:
    """No word is known, and it looks most like those reports of which nobody could say what they are about."""
    if heard.evidence:
        return False
    return not len(heard.vector.grams) or model.categories[int(heard.likely.argmax())] == UNKNOWN


def _suggestions(best: Iterable[int], heard: Heard, model: Model) -> Iterable[Suggestion]:
    for column in best:
        chance = float(heard.likely[column])
        if chance >= _TOO_LITTLE:
            because = _because(column, heard, model)
            score = min(max(round(chance, 3), 0.001), 0.999)
            yield Suggestion(category=model.categories[column], score=score, because=because)


def _because(column: int, heard: Heard, model: Model) -> tuple[str, ...]:
    """The words, then the reviewed report that it is like; where it is like none, the fragments that weighed most."""
    category = model.categories[column]
    words = sorted(heard.evidence.get(category, ()), key=lambda one: (-one.weight, one.label))
    named = tuple(f"words: {one.label}" for one in words[:3])
    like = likest(heard.vector, category, model)
    if like:
        return (*named, f"like: {like}")
    return named or tuple(f"fragment: {one}" for one in heaviest(heard.vector, column, model))
