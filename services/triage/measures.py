"""By what measures two reports are of the same thing: `data/duplicates.yaml`, read and checked. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from libs.casework.categories import Catalogue, Row
from libs.casework.vocabulary import Urgency
from services.triage.cells import CELL_M

Share = Annotated[float, Field(ge=0, le=1)]


class Measure(Row):
    """Of one category: how near and how long apart. `by_rule`: what is alike enough is merged without a person."""

    radius_m: Annotated[int, Field(ge=1, le=CELL_M)]
    within_hours: Annotated[int, Field(ge=1, le=24 * 90)]
    by_rule: bool = False


class Weights(Row):
    """What each part counts; together 1."""

    place: Share
    time: Share
    category: Share
    words: Share

    @model_validator(mode="after")
    def _one(self) -> Self:
        total = self.place + self.time + self.category + self.words
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights make {total:g} together; they have to make 1")
        return self


class Measures(Row):
    """`data/duplicates.yaml`: the thresholds, and the measures by category."""

    schema_name: str = Field(alias="schema")
    version: str
    suggest_from: Share
    merge_from: Share
    merge_words: Share
    gps_m: Annotated[int, Field(ge=0, le=CELL_M)]
    weights: Weights
    usual: Measure
    categories: Mapping[str, Measure] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.merge_from < self.suggest_from:
            detail = f"merge_from {self.merge_from} is below suggest_from {self.suggest_from}"
            raise ValueError(detail)
        if self.usual.by_rule:
            raise ValueError("usual: by_rule is said of each category by itself")
        return self

    def of(self, category: str | None) -> Measure:
        """The measure of a category, or the usual one."""
        return self.categories.get(category or "", self.usual)

    @property
    def longest_hours(self) -> int:
        """So long may any two reports lie apart."""
        return max(measure.within_hours for measure in (self.usual, *self.categories.values()))


def parse_measures(data: Mapping[str, Any], catalogue: Catalogue) -> Measures:
    """The measures in plain data as read from YAML. Raises ValueError (pydantic's, or for a category that cannot be)."""
    measures = Measures.model_validate(data)
    for name, measure in measures.categories.items():
        subclass = catalogue.get(name)
        if subclass is None:
            raise ValueError(f"categories: there is no category {name}")
        if measure.by_rule and (subclass.private or subclass.urgency is Urgency.EMERGENCY):
            raise ValueError(f"categories.{name}: by_rule is not for what is private or an emergency")
    return measures
