"""The catalogue of categories: 部件 (fixed objects) and 事件 (events), class and subclass, as an office reviewed them.

Parsed from plain data (`data/categories.yaml`); limits differ by city and are examples with their source.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.fields import FormField
from libs.casework.vocabulary import Urgency

Words = tuple[str, ...]


class Row(BaseModel):
    """A row of reviewed data: frozen and closed, so that a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """The two trees of the national standard."""

    PART = "part"
    EVENT = "event"

    @property
    def zh(self) -> str:
        """The tree's Chinese name."""
        return "部件" if self is Kind.PART else "事件"


class LimitUnit(StrEnum):
    """工作时, 紧急工作时, 工作日, 紧急工作日: `urgent_*` run around the clock, `work_*` in working windows only."""

    WORK_HOUR = "work_hour"
    URGENT_HOUR = "urgent_hour"
    WORK_DAY = "work_day"
    URGENT_DAY = "urgent_day"

    @property
    def around_the_clock(self) -> bool:
        """Whether it counts at night and on holidays too (紧急)."""
        return self in (LimitUnit.URGENT_HOUR, LimitUnit.URGENT_DAY)

    @property
    def zh(self) -> str:
        """The unit as the handbooks write it."""
        return _UNIT_ZH[self]


_UNIT_ZH = {
    LimitUnit.WORK_HOUR: "工作时",
    LimitUnit.URGENT_HOUR: "紧急工作时",
    LimitUnit.WORK_DAY: "工作日",
    LimitUnit.URGENT_DAY: "紧急工作日",
}


class Limit(Row):
    """How long mending may take: `value` of `unit`, `when` the fault is of that sort (None: always).

    `source` is a key of the catalogue's `sources`.
    """

    value: Annotated[float, Field(gt=0)]
    unit: LimitUnit
    when: str | None = Field(default=None, alias="for")
    source: str


class Source(Row):
    """Where a figure was read, and how far it can be trusted."""

    title: str
    confidence: str
    repository: str | None = None


class CategoryClass(Row):
    """大类: a class with its numbers in the national standards, where it has any."""

    id: str
    kind: Kind
    zh: str
    en: str
    gbt30428_2: str | None = None
    gbt47678_5: str | None = None
    cjt214: str | None = None


class Codes(Row):
    """Numbers in the national standards; `local` by source; `gbt30428_2_basis` says how an inferred number was found."""

    gbt47678_5: str | None = None
    gbt30428_2: str | None = None
    cjt214: str | None = None
    gbt30428_2_basis: str | None = None
    local: dict[str, str] = Field(default_factory=dict)


class Subclass(Row):
    """小类: what a case is. `file_when` and `close_when` are the office's conditions, in Chinese.

    `private`: never shown in public. `confirm_on_spot`: a resident's report is first seen on the spot (核实).
    `lead` and `helps` are unit ids; `response_min` minutes to the first human contact, where one was agreed. `fields` are
    what a report of it is asked beside its words.
    """

    id: str
    class_id: str = Field(alias="class")
    kind: Kind
    zh: str
    en: str
    codes: Codes
    keywords_zh: Annotated[Words, Field(min_length=1)]
    keywords_en: Annotated[Words, Field(min_length=1)]
    file_when: str
    close_when: str
    limits: tuple[Limit, ...] = ()
    urgency: Urgency
    private: bool
    confirm_on_spot: bool
    lead: str
    helps: tuple[str, ...] = ()
    response_min: Annotated[int, Field(gt=0)] | None = None
    note: str | None = None
    fields: tuple[FormField, ...] = ()

    @property
    def keywords(self) -> Words:
        """Keywords of both languages, Chinese first."""
        return self.keywords_zh + self.keywords_en


UNKNOWN = "unknown"
"""The subclass for a report that nobody can place; its keywords are for people and never match."""


class Catalogue(BaseModel):
    """All classes and subclasses of one version; `version` (a date) is recorded with every decision that used it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str = Field(alias="schema")
    version: str
    sources: dict[str, Source] = Field(alias="source_keys")
    classes: tuple[CategoryClass, ...]
    subclasses: tuple[Subclass, ...]

    def get(self, subclass: str) -> Subclass | None:
        """The subclass with that id, or None."""
        return self._by_id.get(subclass)

    def class_of(self, subclass: Subclass) -> CategoryClass:
        """The class (大类) that `subclass` belongs to. Raises KeyError when the catalogue is inconsistent."""
        return self._classes[subclass.class_id]

    @cached_property
    def _by_id(self) -> dict[str, Subclass]:
        return {subclass.id: subclass for subclass in self.subclasses}

    @cached_property
    def _classes(self) -> dict[str, CategoryClass]:
        return {one.id: one for one in self.classes}


def parse_catalogue(data: Mapping[str, Any]) -> Catalogue:
    """The catalogue in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Catalogue.model_validate(data)
