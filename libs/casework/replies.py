"""What a resident is told when a case has come to an end: templates in both languages by outcome and category.

Parsed from plain data (`data/replies.yaml`). A template may name only what is listed here, so that nothing personal can be
filled in: no words, no contact, no place.
"""

from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from libs.casework.categories import Row


class Outcome(StrEnum):
    """How a case came to an end, as its resident is told."""

    CLOSED = "closed"
    CLOSED_BY_RULE = "closed_by_rule"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


ANYWHERE = frozenset({"number", "office", "on"})
PLACEHOLDERS: Mapping[Outcome, frozenset[str]] = {
    Outcome.CLOSED: ANYWHERE | {"category", "unit", "reopen_until"},
    Outcome.CLOSED_BY_RULE: ANYWHERE | {"category", "unit", "reopen_until"},
    Outcome.REJECTED: ANYWHERE | {"reason"},
    Outcome.MERGED: ANYWHERE,
    Outcome.WITHDRAWN: ANYWHERE,
}
"""What may be filled in: case number, office, the day (`on`), names of category and unit, until when it may be taken up again."""
OF_PRIVATE = frozenset({"number", "on", "reopen_until", "reason"})
"""A private case's text shows on a screen that others may see: not what it is about, nor who helped."""
LONGEST = 500


def _text(text: str) -> str:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise PydanticCustomError("template", "{why}", {"why": f"no template: {error}"}) from None
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise PydanticCustomError("template", "a placeholder is a plain {{name}}, without ! or :", {})
    return text


Template = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_text)]


class Reply(Row):
    """One text in both languages."""

    zh: Template
    en: Template

    @property
    def placeholders(self) -> frozenset[str]:
        """What is filled in, in either language."""
        texts = (self.zh, self.en)
        return frozenset(
            name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None
        )

    def filled(self, values: Mapping[str, "Reply"]) -> "Reply":
        """The text with `values`, each in both languages, in place of its placeholders."""
        zh = {name: value.zh for name, value in values.items()}
        en = {name: value.en for name, value in values.items()}
        return Reply.model_construct(zh=self.zh.format_map(zh), en=self.en.format_map(en))


class Texts(Row):
    """The texts of one outcome: `usual`, for cases that are not public `private`, and what differs by category."""

    usual: Reply
    private: Reply
    categories: dict[str, Reply] = Field(default_factory=dict)


class Replies(BaseModel):
    """All texts of one version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str = Field(alias="schema")
    version: str
    outcomes: dict[Outcome, Texts]

    @model_validator(mode="after")
    def _only_known(self) -> "Replies":
        missing = sorted(set(Outcome) - set(self.outcomes))
        if missing:
            raise ValueError(f"outcomes: no texts for {', '.join(missing)}")
        for outcome, texts in self.outcomes.items():
            known = PLACEHOLDERS[outcome]
            _check(f"{outcome}.usual", texts.usual, known)
            _check(f"{outcome}.private", texts.private, known & OF_PRIVATE)
            for category, reply in texts.categories.items():
                _check(f"{outcome}.categories.{category}", reply, known)
        return self

    def of(self, outcome: Outcome, category: str | None, *, public: bool) -> Reply:
        """The text for a case's outcome, with its placeholders."""
        texts = self.outcomes[outcome]
        if not public:
            return texts.private
        return texts.categories.get(category or "", texts.usual)


def _check(where: str, reply: Reply, known: frozenset[str]) -> None:
    unknown = sorted(reply.placeholders - known)
    if unknown:
        allowed = ", ".join(sorted(known))
        raise ValueError(f"{where}: {{{unknown[0]}}} cannot be filled in; allowed: {allowed}")


def parse_replies(data: Mapping[str, Any]) -> Replies:
    """The texts in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Replies.model_validate(data)
