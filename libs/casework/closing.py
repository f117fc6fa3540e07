"""What an office decided about the time after closing: how long a case may be taken up again, when somebody looks again.

Parsed from plain data (`data/closure.yaml`).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.casework.calendar.amount import DAY
from libs.casework.categories import Row

Days = Annotated[int, Field(ge=1, le=3650)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


class Reopening(Row):
    """For so many days of 24 hours after closing a case is taken up again: by its resident, by the office."""

    residents: Days
    office: Days
    source: str
    note: str | None = None


class ByRule(Row):
    """A case of these categories that waits for its check for so many days of 24 hours is closed without one."""

    id: Code
    categories: Annotated[tuple[str, ...], Field(min_length=1)]
    after_days: Days
    source: str
    note: str | None = None


class Patrols(Row):
    """After closing somebody looks again at cases of these categories, every so many days, so many times."""

    categories: Annotated[tuple[str, ...], Field(min_length=1)]
    every_days: Annotated[int, Field(ge=1, le=366)]
    times: Annotated[int, Field(ge=1, le=100)]
    source: str
    note: str | None = None

    def dates(self, closed_at: int) -> tuple[int, ...]:
        """When somebody looks again, in µs UTC."""
        return patrol_dates(closed_at, self.every_days, self.times)


class Calls(Row):
    """The resident is called at most so often after each closing."""

    attempts: Annotated[int, Field(ge=1, le=20)]
    source: str


class Terms(BaseModel):
    """The office's rules about closing, as `data/closure.yaml` holds them; `version` is recorded with what used them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str = Field(alias="schema")
    version: str
    reopening: Reopening
    reopening_by_category: dict[str, Reopening] = Field(default_factory=dict)
    reopen_reasons_of_residents: Annotated[tuple[str, ...], Field(min_length=1)]
    fail_reasons_of_evidence: tuple[str, ...] = ()
    automatic: tuple[ByRule, ...] = ()
    patrols: tuple[Patrols, ...] = ()
    calls: Calls

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, rows in (("automatic", self.automatic), ("patrols", self.patrols)):
            named = [category for row in rows for category in row.categories]
            twice = next((each for each in named if named.count(each) > 1), None)
            if twice:
                raise ValueError(f"{what} names the category {twice} twice: one rule decides")
        return self

    def reopen_until(self, category: str | None, closed_at: int, *, resident: bool) -> int:
        """The last moment (µs UTC) at which a case closed at `closed_at` is taken up again."""
        term = self.reopening_by_category.get(category or "", self.reopening)
        return closed_at + (term.residents if resident else term.office) * DAY

    def rule_for(self, category: str | None) -> ByRule | None:
        """The rule that closes cases of a category without a check, if there is one."""
        return next((rule for rule in self.automatic if category in rule.categories), None)

    def patrols_for(self, category: str | None) -> Patrols | None:
        """How somebody looks again at cases of a category, if so."""
        return next((each for each in self.patrols if category in each.categories), None)


def patrol_dates(closed_at: int, every_days: int, times: int) -> tuple[int, ...]:
    """Every `every_days` days of 24 hours from `closed_at` on, `times` times; µs UTC."""
    return tuple(closed_at + turn * every_days * DAY for turn in range(1, times + 1))


def parse_terms(data: Mapping[str, Any]) -> Terms:
    """The terms in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Terms.model_validate(data)
