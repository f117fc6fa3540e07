"""The words by which reports are classified, compiled once: one dictionary from a run of tokens to what it speaks for.

A token is one Chinese character or one English word cut to its stem. Terms are keywords of the catalogue, words of the
lexicon, and combinations (`电梯+困`: both occur). A term of few subclasses and many characters weighs most.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import log
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from libs.casework.categories import UNKNOWN, Catalogue, Subclass
from libs.casework.vocabulary import Urgency

MAX_CHARACTERS = 2_000
"""More than this of a report is not read: it classifies no better and would cost time."""

_TOKEN = re.compile(r"[a-z][a-z'-]*|\d+|[\u3400-\u9fff]|[^\s]")
_TOKEN_IN_RUN = re.compile(r" [a-z'-]+|\d+|.")
_LETTER = re.compile(r"[a-z]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KEYWORD, _WORD, _COMBINATION = 1.25, 1.0, 1.3
_LIFE_FIRST = 1.25
"""Words of an emergency weigh more: where there is fire, it matters less what burns."""


class Danger(BaseModel):
    """Words that raise the urgency of a case of whatever category."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emergency: tuple[str, ...]
    urgent: tuple[str, ...]


class Lexicon(BaseModel):
    """How people say it (`data/lexicon.yaml`), by subclass id; `a+b` means that both occur."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    traditional: str = ""
    slips: dict[str, str]
    denials: tuple[str, ...]
    corrections: tuple[str, ...]
    look_alikes: tuple[str, ...] = ()
    nothing_to_file: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    danger: Danger


class Term(NamedTuple):
    """A term as people read it, its parts as runs of tokens, and how much it speaks for which subclass."""

    label: str
    parts: tuple[str, ...]
    weights: dict[str, float]


class Known(NamedTuple):
    """Runs to look for; `longest`: by the token that they begin with, how many tokens the longest of them has."""

    runs: frozenset[str]
    longest: dict[str, int]


class Index(NamedTuple):
    """Everything `services.triage.classify` needs, compiled. `danger`: by each of their parts, what combinations raise."""

    terms: tuple[Term, ...]
    by_run: dict[str, tuple[int, ...]]
    known: Known
    danger: dict[str, tuple[tuple[Urgency, tuple[str, ...]], ...]]
    emergencies: frozenset[str]
    private: frozenset[str]
    denials: Known
    corrections: Known
    look_alikes: Known
    nothing_to_file: tuple[str, ...]
    simplified: dict[int, str]
    slips: tuple[tuple[str, str], ...]


def parse_lexicon(data: Mapping[str, Any]) -> Lexicon:
    """The lexicon in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Lexicon.model_validate(data)


def build_index(catalogue: Catalogue, lexicon: Lexicon) -> Index:
    """Compile the words of both, about 0.1 s; keep the result for as long as the data stays the same."""
    terms = tuple(_terms(catalogue, lexicon))
    danger = tuple(_dangers(lexicon.danger))
    by_run: dict[str, list[int]] = defaultdict(list)
    for number, term in enumerate(terms):
        # All parts have to occur: it is enough to be looked up under the one that occurs most rarely, the longest.
        by_run[max(term.parts, key=len)].append(number)
        for part in term.parts:
            by_run.setdefault(part, [])
    by_part = {part: tuple(one for one in danger if part in one[1]) for _, parts in danger for part in parts}
    return Index(
        terms=terms,
        by_run={part: tuple(numbers) for part, numbers in by_run.items()},
        known=_known([*by_run, *by_part]),
        danger=by_part,
        emergencies=frozenset(one.id for one in catalogue.subclasses if one.urgency is Urgency.EMERGENCY),
        private=frozenset(one.id for one in catalogue.subclasses if one.private),
        denials=_known(run_of(word) for word in lexicon.denials),
        corrections=_known(run_of(word) for word in lexicon.corrections),
        look_alikes=_known(run_of(word) for word in lexicon.look_alikes),
        nothing_to_file=tuple(run_of(word) for word in lexicon.nothing_to_file),
        simplified={ord(pair[0]): pair[1] for pair in lexicon.traditional.split()},
        slips=tuple(lexicon.slips.items()),
    )


def tokens(text: str) -> list[str]:
    """The tokens of `text`: Chinese characters, stems of words with a space before them, signs."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).casefold()
    return [" " + _stem(one) if _LETTER.match(one) else one for one in _TOKEN.findall(folded)]


def run_of(text: str) -> str:
    """`text` as one run of tokens, the key of the dictionary."""
    return "".join(tokens(text))


def _known(runs: Iterable[str]) -> Known:
    found = frozenset(runs)
    longest: dict[str, int] = {}
    for run in found:
        parts = _TOKEN_IN_RUN.findall(run)
        longest[parts[0]] = max(len(parts), longest.get(parts[0], 0))
    return Known(found, longest)


def _stem(word: str) -> str:
    for ending, stem in (("ies", "y"), ("ing", ""), ("es", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + stem
    return word.rstrip("e") if len(word) > 3 else word


def _terms(catalogue: Catalogue, lexicon: Lexicon) -> Iterable[Term]:
    speaks_for: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    labels: dict[tuple[str, ...], str] = {}
    for subclass in catalogue.subclasses:
        if subclass.id == UNKNOWN:
            continue
        for word, worth in _words_of(subclass, lexicon):
            parts = tuple(dict.fromkeys(run_of(part) for part in word.split("+")))
            labels.setdefault(parts, word)
            speaks_for[parts][subclass.id] = max(worth, speaks_for[parts].get(subclass.id, 0.0))
    for parts, worths in speaks_for.items():
        rarity = log(1 + len(catalogue.subclasses) / len(worths)) * _specific(parts)
        yield Term(labels[parts], parts, {one: worth * rarity for one, worth in worths.items()})


def _words_of(subclass: Subclass, lexicon: Lexicon) -> Iterable[tuple[str, float]]:
    first = _LIFE_FIRST if subclass.urgency is Urgency.EMERGENCY else 1.0
    yield from ((word, _KEYWORD * first) for word in subclass.keywords)
    for word in lexicon.words.get(subclass.id, ()):
        yield word, first * (_COMBINATION if "+" in word else _WORD)


def _specific(parts: tuple[str, ...]) -> float:
    """Longer terms say more: 0.5 for one character, 1 for two, at most 2.2."""
    length = sum(len(part) if _CHINESE.search(part) else 2 * part.count(" ") for part in parts)
    return min(0.5 + 0.5 * log(max(length, 1)) / log(2), 2.2)


def _dangers(danger: Danger) -> Iterable[tuple[Urgency, tuple[str, ...]]]:
    for urgency, words in ((Urgency.EMERGENCY, danger.emergency), (Urgency.URGENT, danger.urgent)):
        yield from ((urgency, tuple(run_of(part) for part in word.split("+"))) for word in words)
