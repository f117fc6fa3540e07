"""How well reports are understood: on a third of the sample reports, and on `fresh.yaml`, which nobody has tuned for.

Nothing is learned from either. Intervals are Wilson's, 95 %.
"""

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import yaml

from libs.casework.categories import UNKNOWN, Catalogue
from libs.casework.vocabulary import Urgency
from libs.plumbing.data import read_yaml
from services.triage import app
from services.triage.classify import Hearing
from services.triage.matter import Reading, read_words
from services.triage.reviewed import is_held_out
from services.triage.rules import SURE

FRESH = Path(__file__).parents[1] / "tests" / "rules" / "triage" / "fresh.yaml"
Row = dict[str, Any]
_SETS = {"samples": "third of the sample reports", "fresh": "reports that nobody tuned for"}
_FIGURES = {
    "first": "placed rightly at once",
    "three": "rightly among the first three",
    "by_rule": "of those sure enough to be decided by rule: placed rightly",
    "emergencies": "emergencies heard",
    "alarms": "of the rest: false alarms, first in the clerk's queue",
}
CLASSIFIER = {
    "classifier_fit_s": "refitting the classifier, reading its data included",
    **{
        f"classifier_{one}_{what}": f"{of}, {meaning}"
        for one, of in _SETS.items()
        for what, meaning in _FIGURES.items()
    },
    "classifier_ms_per_text": "reading one report: category, urgency, privacy",
}
"""The names of the figures, and what each is. Shares come with hits, number, and their interval."""


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.hits / self.of

    def __str__(self) -> str:
        low, high = interval(self.hits, self.of)
        return f"{self.value:.2f} ({self.hits}/{self.of}, {low:.2f}-{high:.2f})"


class Understood(NamedTuple):
    """The figures of one set. `by_rule`: right of those that are sure enough; `alarms`: false ones."""

    first: Share
    three: Share
    by_rule: Share
    emergencies: Share
    alarms: Share


async def classifier_figures() -> dict[str, Any]:
    """Every figure of the classifier, as the table of the bench shows them."""
    began = perf_counter()
    data = app.reference()
    hearing = await app.hearing(data)
    figures: dict[str, Any] = {"classifier_fit_s": round(perf_counter() - began, 1)}
    for name, rows in (("samples", samples_held_out()), ("fresh", fresh())):
        told = understood(rows, hearing, data.catalogue)
        figures |= {f"classifier_{name}_{field}": str(share) for field, share in told._asdict().items()}
    return figures | {"classifier_ms_per_text": milliseconds(hearing)}


def samples_held_out() -> list[Row]:
    """The third of the sample reports that is only measured on. The author of the lexicon had seen some of them."""
    said = read_yaml("utterances.yaml")
    return [row for row in (*said["zh"], *said["en"]) if is_held_out(row)]


def fresh() -> list[Row]:
    """Reports written before the lexicon was read, and never learned from."""
    return list(yaml.safe_load(FRESH.read_text("utf-8"))["utterances"])


def understood(rows: Sequence[Row], hearing: Hearing, catalogue: Catalogue) -> Understood:
    """The figures on these reports. Those that nobody could place are left out of the ranks."""
    read = [(row, read_words(row["text"], hearing)) for row in rows]
    placeable = [
        (row, [one.category for one in reading.suggestions], reading)
        for row, reading in read
        if row["labels"] != [UNKNOWN]
    ]
    first = [bool(ranked) and ranked[0] in row["labels"] for row, ranked, _ in placeable]
    sure = [hit for hit, (_, _, reading) in zip(first, placeable, strict=True) if _is_sure(reading)]
    three = [bool({*ranked[:3]} & {*row["labels"]}) for row, ranked, _ in placeable]
    grave = [(row["urgency"] == Urgency.EMERGENCY, _alarmed(reading, catalogue)) for row, reading in read]
    return Understood(
        *(Share(sum(hits), len(hits)) for hits in (first, three, sure)),
        Share(sum(heard for meant, heard in grave if meant), sum(meant for meant, _ in grave)),
        Share(sum(heard for meant, heard in grave if not meant), sum(not meant for meant, _ in grave)),
    )


def milliseconds(hearing: Hearing, rounds: int = 5) -> float:
    """For one report, everything that its words say."""
    texts = [row["text"] for row in (*samples_held_out(), *fresh())]
    began = perf_counter()
    for text in texts * rounds:
        read_words(text, hearing)
    return round((perf_counter() - began) / len(texts) / rounds * 1000, 3)


def interval(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share."""
    share, spread = hits / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / spread
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / spread
    return middle - half, middle + half


def _is_sure(reading: Reading) -> bool:
    return bool(reading.suggestions) and reading.suggestions[0].score >= SURE


def _alarmed(reading: Reading, catalogue: Catalogue) -> bool:
    """Whether it is filed as an emergency or stands with the emergencies in the clerk's queue."""
    best = catalogue.get(reading.suggestions[0].category) if _is_sure(reading) else None
    by_category = best is not None and best.urgency is Urgency.EMERGENCY
    return reading.alarm or reading.urgency is Urgency.EMERGENCY or by_category
