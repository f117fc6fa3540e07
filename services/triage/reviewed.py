"""What the model is fitted to: reviewed reports, two thirds of the sample reports, and the words of catalogue and lexicon. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from libs.casework.categories import UNKNOWN, Catalogue
from libs.casework.vocabulary import Urgency
from services.triage.lexicon import Lexicon

HELD_OUT_EVERY = 3
"""Of the sample reports every so manieth is only ever measured on."""


class Example(NamedTuple):
    """A text and what it is. `category` None: it only says how urgent it is. `quotable`: a clerk may be shown it."""

    text: str
    category: str | None
    emergency: bool
    quotable: bool = False


class Reviewed(BaseModel):
    """Reports by subclass id and urgency (`data/reviewed.yaml`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    reports: dict[str, dict[Urgency, tuple[str, ...]]]


def parse_reviewed(data: Mapping[str, Any]) -> Reviewed:
    """The reviewed reports in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Reviewed.model_validate(data)


def is_held_out(row: Mapping[str, Any]) -> bool:
    """Whether this row of `utterances.yaml` is one to measure on."""
    return int(row["id"][2:]) % HELD_OUT_EVERY == 0


def examples_of(
    reviewed: Reviewed, utterances: Mapping[str, Any], catalogue: Catalogue, lexicon: Lexicon
) -> Sequence[Example]:
    """Everything to learn from, in an order that depends on nothing but the data."""
    return (*_reports(reviewed), *_samples(utterances), *_words(catalogue, lexicon), *_dangers(lexicon))


def _reports(reviewed: Reviewed) -> Iterable[Example]:
    for category, by_urgency in sorted(reviewed.reports.items()):
        for urgency, texts in sorted(by_urgency.items()):
            yield from (Example(text, category, urgency is Urgency.EMERGENCY, True) for text in texts)


def _samples(utterances: Mapping[str, Any]) -> Iterable[Example]:
    for row in (*utterances["zh"], *utterances["en"]):
        if not is_held_out(row):
            yield Example(row["text"], row["labels"][0], row["urgency"] == Urgency.EMERGENCY, True)


def _words(catalogue: Catalogue, lexicon: Lexicon) -> Iterable[Example]:
    for subclass in catalogue.subclasses:
        if subclass.id != UNKNOWN:
            named = (subclass.zh, subclass.en, subclass.file_when, *subclass.keywords)
            words = (*named, *lexicon.words.get(subclass.id, ()))
            grave = subclass.urgency is Urgency.EMERGENCY
            yield from (Example(word.replace("+", " "), subclass.id, grave) for word in words)


def _dangers(lexicon: Lexicon) -> Iterable[Example]:
    return (Example(word.replace("+", " "), None, True) for word in lexicon.danger.emergency)
