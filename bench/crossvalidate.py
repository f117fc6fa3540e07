"""Choose the constants of `services.triage.classify` on what is learned from alone: `python -m bench.crossvalidate`.

Five times four fifths are learned and the last fifth is heard. No report that is held out is read here.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from libs.casework.vocabulary import Urgency
from services.triage import app
from services.triage.classify import Hearing, hear, urgency_of
from services.triage.fitting import fit
from services.triage.learned import alarm
from services.triage.lexicon import build_index
from services.triage.reviewed import Example

FOLDS = 5


class Judged(NamedTuple):
    """A reviewed report as it was heard by what had not learned it."""

    example: Example
    right: bool
    among_three: bool
    chance: float
    words: bool
    alarm: float


def main() -> None:
    """Print how right, how sure and how alarmed it is."""
    judged = asyncio.run(heard_by_others())
    placed = [each for each in judged if each.example.category != "unknown"]
    print(f"top-1 {_share([e.right for e in placed])}, top-3 {_share([e.among_three for e in placed])}")
    for low, high in (
        (0, 0.2),
        (0.2, 0.35),
        (0.35, 0.5),
        (0.5, 0.65),
        (0.65, 0.8),
        (0.8, 0.95),
        (0.95, 1.01),
    ):
        there = [each.right for each in placed if low <= each.chance < high]
        print(f"chance {low:4} to {high:4}: {len(there):4} reports, {_share(there)} right")
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        sure = [each.right for each in placed if each.chance >= least]
        print(
            f"from {least} on: {_share([e.chance >= least for e in placed])} pass, {_share(sure)} of them right"
        )
    for least in np.arange(-0.8, 0.21, 0.1):
        print(f"alarm {least:5.2f}: {_alarms(judged, float(least))}")


async def heard_by_others() -> list[Judged]:
    """Every reviewed report (but the sample reports, which the lexicon's author had read), in five rounds."""
    data = app.reference()
    index = build_index(data.catalogue, data.lexicon)
    ours = {text for each in data.reviewed.reports.values() for texts in each.values() for text in texts}
    theirs = _shuffled([each for each in data.examples if each.text in ours])
    fold = {each: place % FOLDS for place, each in enumerate(theirs)}
    judged: list[Judged] = []
    for turn in range(FOLDS):
        model = await fit([each for each in data.examples if fold.get(each) != turn], index)
        hearing = Hearing(index, model)
        judged += [_judged(each, hearing) for each, place in fold.items() if place == turn]
    return judged


def _judged(example: Example, hearing: Hearing) -> Judged:
    heard = hear(example.text, hearing)
    best = [hearing.model.categories[one] for one in np.argsort(-heard.likely)[:3]]
    words = urgency_of(heard, None, hearing.index) is Urgency.EMERGENCY
    right, chance = best[0] == example.category, float(heard.likely.max())
    return Judged(example, right, example.category in best, chance, words, alarm(heard.vector, hearing.model))


def _alarms(judged: Sequence[Judged], least: float) -> str:
    grave = [each.words or each.alarm > least for each in judged if each.example.emergency]
    calm = [each.words or each.alarm > least for each in judged if not each.example.emergency]
    return f"{_share(grave)} of the emergencies heard, {_share(calm)} of the rest are false alarms"


def _shuffled(examples: Sequence[Example]) -> list[Example]:
    return [examples[one] for one in np.random.default_rng(0).permutation(len(examples))]


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found) / max(len(found), 1):.3f}"


if __name__ == "__main__":
    main()
