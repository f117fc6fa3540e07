"""What a checker answers before a case is closed, by category, as `data/checklists.yaml` holds it. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.casework.categories import Row


class Severity(StrEnum):
    """Critical: danger to life. Major: has to hold. Minor: advice."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Photo(StrEnum):
    """When a photo was taken: before the work, after it."""

    BEFORE = "before"
    AFTER = "after"


class CheckPoint(Row):
    """One point: what `holds` when all is well, what `fails`, both as the office words it; `ref` says where it was read."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    zh: str
    en: str
    holds: str
    fails: str
    severity: Severity
    ref: str

    @property
    def required(self) -> bool:
        """Whether a case may be closed only when it holds, or there is nothing of the kind."""
        return self.severity is not Severity.MINOR


class Wanted(Row):
    """Of one category: its points in their order, and the photos that have to be there."""

    points: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
    photos: tuple[Photo, ...] = ()


class Checklist(NamedTuple):
    """What is asked of one category; without a list there are no points and no photos."""

    version: str
    points: tuple[CheckPoint, ...] = ()
    photos: tuple[Photo, ...] = ()

    @property
    def required(self) -> tuple[CheckPoint, ...]:
        """The points that have to hold."""
        return tuple(point for point in self.points if point.required)


class Checklists(BaseModel):
    """All lists of one version; `version` (a date) is recorded with every check that used one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str = Field(alias="schema")
    version: str
    points: tuple[CheckPoint, ...]
    categories: dict[str, Wanted]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        ids = [point.id for point in self.points]
        twice = next((each for each in ids if ids.count(each) > 1), None)
        if twice:
            raise ValueError(f"points: {twice} stands there twice")
        for category, wanted in self.categories.items():
            unknown = next((each for each in wanted.points if each not in ids), None)
            if unknown:
                raise ValueError(f"categories.{category}: there is no point {unknown}")
            if not self.of(category).required:
                raise ValueError(f"categories.{category}: no point has to hold")
        return self

    def of(self, category: str | None) -> Checklist:
        """What is asked of a category."""
        wanted = self.categories.get(category or "")
        if wanted is None:
            return Checklist(self.version)
        return Checklist(self.version, tuple(self._by_id[each] for each in wanted.points), wanted.photos)

    @cached_property
    def _by_id(self) -> dict[str, CheckPoint]:
        return {point.id: point for point in self.points}


def parse_checklists(data: Mapping[str, Any]) -> Checklists:
    """The lists in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Checklists.model_validate(data)
